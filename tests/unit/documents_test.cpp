// What the documents claim about the tree: the include graph, files and tests that they link to.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "base/text.h"
#include "tests/support/file_content.h"

namespace {

namespace fs = std::filesystem;
using test_support::content;

const fs::path kRoot = ESBOOT_SOURCE_DIR;

std::vector<fs::path> documents() {
  std::vector<fs::path> found;
  for (const fs::path& place : {kRoot, kRoot / "docs", kRoot / "docs/reports"})
    for (const auto& entry : fs::directory_iterator(place))
      if (entry.path().extension() == ".md") found.push_back(entry.path());
  return found;
}

/// A folder and the folders that it includes from.
using Graph = std::map<std::string, std::set<std::string>>;

/// The rows "folder -> folder, folder" of ARCHITECTURE.md.
Graph stated_graph() {
  static const std::regex row("^    ([a-z/]+) +-> *([a-z, ]+)$");
  Graph graph;
  for (const std::string& line : base::split(content(kRoot / "ARCHITECTURE.md"), '\n')) {
    std::smatch match;
    if (!std::regex_match(line, match, row)) continue;
    for (std::string target : base::split(match[2].str(), ',')) {
      target.erase(0, target.find_first_not_of(' '));
      if (target != "nothing") graph[match[1]].insert(target);
    }
    graph[match[1]];
  }
  return graph;
}

/// Which folders each folder includes from, itself left out.
Graph real_graph() {
  static const std::regex include("^#include \"([a-z_]+)/");
  Graph graph;
  for (const char* const folder : {"base", "certgen", "keystore", "launcher"}) {
    graph[folder];
    for (const auto& entry : fs::directory_iterator(kRoot / folder)) {
      std::ifstream in(entry.path());
      std::smatch match;
      for (std::string line; std::getline(in, line);)
        if (std::regex_search(line, match, include) && match[1] != folder)
          graph[folder].insert(match[1]);
    }
  }
  return graph;
}

struct Link {
  fs::path document;
  std::string text;
  std::string target;
};

/// Links to files; those to other hosts and within a page are left out.
std::vector<Link> links_of(const fs::path& document) {
  static const std::regex form(R"(\[([^\]]+)\]\(([^)\s]+)\))");
  const std::string text = content(document);
  std::vector<Link> found;
  for (std::sregex_iterator at(text.begin(), text.end(), form), end; at != end; ++at) {
    const std::string target = (*at)[2].str().substr(0, (*at)[2].str().find('#'));
    if (!target.empty() && target.find("://") == std::string::npos)
      found.push_back({document, (*at)[1], target});
  }
  return found;
}

/// The name of the test that a link stands for, "[`name`](.../x_test.cpp)"; empty for other links.
std::string test_named_by(const Link& link) {
  if (!link.target.ends_with("_test.cpp") || !link.text.starts_with('`')) return "";
  return link.text.substr(1, link.text.size() - 2);
}

/// Whether the source has a TEST_CASE of that name.
bool declares_test(const std::string& source, const std::string& name) {
  static const std::regex declaration(R"re(TEST_CASE\(\s*"([^"]+)")re");
  for (std::sregex_iterator at(source.begin(), source.end(), declaration), end; at != end; ++at)
    if ((*at)[1] == name) return true;
  return false;
}

}  // namespace

TEST_CASE("documents: ARCHITECTURE.md has the include graph of the sources") {
  const Graph stated = stated_graph();
  const Graph real = real_graph();
  CHECK(real.at("launcher").contains("base"));
  for (const auto& [folder, targets] : real) {
    CAPTURE(folder);
    REQUIRE(stated.contains(folder));
    CHECK(stated.at(folder) == targets);
  }
  CHECK(stated.size() == real.size());
}

TEST_CASE("documents: every link to a file leads to one") {
  int seen = 0;
  for (const fs::path& document : documents())
    for (const Link& link : links_of(document)) {
      CAPTURE(document.string());
      CHECK_MESSAGE(fs::exists(document.parent_path() / link.target), link.target);
      ++seen;
    }
  CHECK(seen > 50);
}

TEST_CASE("documents: every test that is named exists in the file that is named") {
  std::map<std::string, int> named;
  for (const fs::path& document : documents())
    for (const Link& link : links_of(document)) {
      const std::string test = test_named_by(link);
      if (test.empty()) continue;
      CAPTURE(document.string());
      CAPTURE(link.target);
      const bool is_there = declares_test(content(document.parent_path() / link.target), test);
      CHECK_MESSAGE(is_there, test);
      ++named[document.filename()];
    }
  CHECK(named["SECURITY.md"] >= 15);
  CHECK(named["troubleshooting.md"] >= 20);
}

TEST_CASE("documents: SECURITY.md proves each guarantee by a test") {
  bool in_guarantees = false;
  int guarantees = 0;
  for (const std::string& line : base::split(content(kRoot / "SECURITY.md"), '\n')) {
    if (line.starts_with("## ")) in_guarantees = line == "## Guarantees";
    if (!in_guarantees || !line.starts_with("| ")) continue;
    if (line.starts_with("| guarantee")) continue;
    CAPTURE(line);
    CHECK(line.find("_test.cpp)") != std::string::npos);
    ++guarantees;
  }
  CHECK(guarantees > 10);
}

TEST_CASE(
    "documents: troubleshooting.md has all the points that operators raise, with their tests") {
  std::map<int, bool> is_tested;
  static const std::regex row("^### ([0-9]+)\\. ");
  int point = 0;
  for (const std::string& line : base::split(content(kRoot / "docs/troubleshooting.md"), '\n')) {
    std::smatch match;
    if (line.starts_with("## ")) point = 0;
    if (std::regex_search(line, match, row)) is_tested[point = std::stoi(match[1])] = false;
    if (point != 0 && line.find("_test.cpp)") != std::string::npos) is_tested[point] = true;
  }
  constexpr int kPoints = 25;
  CHECK(is_tested.size() == kPoints);
  for (int number = 1; number <= kPoints; ++number) {
    CAPTURE(number);
    REQUIRE(is_tested.contains(number));
    CHECK(is_tested.at(number));
  }
}
