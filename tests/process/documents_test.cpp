// Every `esboot` command that README and docs/ show is one that the program knows.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "base/text.h"
#include "tests/support/file_content.h"
#include "tests/support/help_texts.h"

namespace {

namespace fs = std::filesystem;
using test_support::CommandHelp;
using test_support::content;

const fs::path kRoot = ESBOOT_SOURCE_DIR;

/// The words behind the name of the program on each line of a code block, fenced or indented, that
/// begins with it, be it behind sudo, variables or a path.
std::vector<std::vector<std::string>> shown_commands(const fs::path& document) {
  static const std::regex command(
      R"(^(?:sudo +(?:-u +\S+ +)?)?(?:[A-Z_]+=\S+ +)*"?(?:\S+/)?esboot"? +(.*)$)");
  std::vector<std::vector<std::string>> found;
  bool fenced = false;
  for (std::string line : base::split(content(document), '\n')) {
    if (line.starts_with("```")) fenced = !fenced;
    if (!fenced && !line.starts_with("    ")) continue;
    line.erase(0, line.find_first_not_of(' '));
    line = line.substr(0, line.find(" #"));
    std::smatch match;
    if (!std::regex_match(line, match, command)) continue;
    std::istringstream words(match[1]);
    found.emplace_back();
    for (std::string word; words >> word;) found.back().push_back(word);
  }
  return found;
}

using Commands = std::map<std::string, CommandHelp>;

Commands commands_by_name() {
  Commands commands;
  for (const CommandHelp& command : test_support::all_commands())
    commands.emplace(command.name(), command);
  return commands;
}

/// The options that the words of a command line may hold. Nothing: there is no such command.
std::set<std::string> options_for(const Commands& commands, const std::vector<std::string>& words) {
  std::string name = words.front().starts_with("-") ? "start" : words.front();
  if (words.size() > 1 && commands.contains(name + " " + words[1])) name += " " + words[1];
  const auto found = commands.find(name);
  if (found == commands.end()) return {};
  std::set<std::string> options{found->second.options.begin(), found->second.options.end()};
  if (found->second.takes_start_options) {
    const auto& of_start = commands.at("start").options;
    options.insert(of_start.begin(), of_start.end());
  }
  options.insert({"-h", "--help"});
  return options;
}

}  // namespace

TEST_CASE("documents: every command that is shown is one of the program, with its options") {
  const Commands commands = commands_by_name();
  REQUIRE(commands.contains("start"));
  REQUIRE(commands.contains("certs renew"));
  REQUIRE(options_for(commands, {"frobnicate"}).empty());
  REQUIRE_FALSE(options_for(commands, {"certs", "renew"}).contains("--frobnicate"));
  std::vector<fs::path> documents{kRoot / "README.md", kRoot / "CONTRIBUTING.md"};
  for (const auto& entry : fs::directory_iterator(kRoot / "docs"))
    if (entry.path().extension() == ".md") documents.push_back(entry.path());
  int seen = 0;
  for (const fs::path& document : documents)
    for (const auto& words : shown_commands(document)) {
      CAPTURE(document.string());
      CAPTURE(words.front());
      const std::set<std::string> options = options_for(commands, words);
      CHECK_FALSE(options.empty());
      for (const std::string& word : words) {
        const std::string option = word.substr(0, word.find('='));
        if (option.starts_with("--")) CHECK_MESSAGE(options.contains(option), option);
      }
      // A group of commands needs one of them.
      if (words.front() == "certs" || words.front() == "keystore") {
        REQUIRE(words.size() > 1);
        CHECK_MESSAGE(commands.contains(words.front() + " " + words[1]), words[1]);
      }
      ++seen;
    }
  CHECK(seen > 50);
}
