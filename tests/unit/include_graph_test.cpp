#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

const std::map<std::string, std::set<std::string>>& allowed_includes() {
  static const std::map<std::string, std::set<std::string>> allowed{
      {"base", {"base"}},
      {"certgen", {"base", "certgen"}},
      {"keystore", {"base", "keystore"}},
      {"launcher", {"base", "certgen", "keystore", "launcher"}}};
  return allowed;
}

struct Include {
  fs::path file;
  std::string target;
};

std::vector<Include> includes_of(const std::string& folder, char open) {
  const std::regex line_form(open == '<' ? R"(^#include <([^>]+)>)" : R"(^#include "([^"]+)\")");
  std::vector<Include> found;
  for (const auto& entry : fs::directory_iterator(fs::path(ESBOOT_SOURCE_DIR) / folder)) {
    std::ifstream in(entry.path());
    std::smatch match;
    for (std::string line; std::getline(in, line);)
      if (std::regex_search(line, match, line_form)) found.push_back({entry.path(), match[1]});
  }
  return found;
}

bool is_third_party(const std::string& header) {
  static const std::regex form("^(openssl|yaml-cpp|boost|CLI|fmt|doctest|minizip)/|^crypt\\.h$");
  return std::regex_search(header, form);
}

}  // namespace

TEST_CASE("folders include only what stands below them") {
  int seen = 0;
  for (const auto& [folder, allowed] : allowed_includes())
    for (const Include& include : includes_of(folder, '"')) {
      CAPTURE(include.file.string());
      CAPTURE(include.target);
      CHECK(allowed.contains(include.target.substr(0, include.target.find('/'))));
      ++seen;
    }
  CHECK(seen > 20);
}

TEST_CASE("no public header includes a third-party header") {
  for (const auto& [folder, allowed] : allowed_includes())
    for (const Include& include : includes_of(folder, '<')) {
      if (include.file.extension() != ".h") continue;
      CAPTURE(include.file.string());
      CHECK_MESSAGE(!is_third_party(include.target), include.target);
    }
}

TEST_CASE("each third-party header is included in one or two source files of a folder") {
  std::map<std::string, std::set<std::string>> users;
  for (const auto& [folder, allowed] : allowed_includes())
    for (const Include& include : includes_of(folder, '<'))
      if (is_third_party(include.target))
        users[folder + ": " + include.target].insert(include.file.string());
  CHECK_FALSE(users.empty());
  for (const auto& [header, files] : users) {
    CAPTURE(header);
    CHECK(files.size() <= 2);
  }
}

TEST_CASE("getenv, exec and the clock are each called in one file") {
  const std::map<std::string, std::string> owner{
      {R"(\bgetenv\(|\benviron\b)", "launcher/environment.cpp"},
      {R"(\bexecve?p?\()", "launcher/exec.cpp"},
      {R"(\bclock_gettime\(|_clock::now\(|std::time\()", "base/clock.cpp"},
      {R"(\bstd::cout\b|\bstd::cerr\b|\bprintf\(|\bfprintf\(|\bfputs\()", "launcher/console.cpp"}};
  for (const auto& [pattern, home] : owner)
    for (const auto& [folder, allowed] : allowed_includes())
      for (const auto& entry : fs::directory_iterator(fs::path(ESBOOT_SOURCE_DIR) / folder)) {
        if (entry.path() == fs::path(ESBOOT_SOURCE_DIR) / home) continue;
        std::ifstream in(entry.path());
        const std::regex form(pattern);
        for (std::string line; std::getline(in, line);) {
          CAPTURE(entry.path().string());
          CAPTURE(line);
          CHECK_FALSE(std::regex_search(line.substr(0, line.find("//")), form));
        }
      }
}
