// The manual pages tell every command and option that the program itself lists, and no others.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "base/text.h"
#include "tests/support/certificate_files.h"
#include "tests/support/child_process.h"
#include "tests/support/help_texts.h"
#include "tests/support/real_elasticsearch.h"

namespace fs = std::filesystem;
using test_support::CommandHelp;

namespace {

const fs::path kPages = fs::path(ESBOOT_SOURCE_DIR) / "packaging/man";

/// The options of each .Ss of a page, and under "" those of its section OPTIONS.
using Page = std::map<std::string, std::set<std::string>>;

Page read_page(const std::string& name) {
  Page page;
  std::string section;
  static const std::regex item(R"((?:^\.It|,) Fl (?:Fl ([a-z-]+)|([A-Za-z])))");
  const std::string text = test_support::read_whole_file(kPages / (name + ".1"));
  for (const std::string& line : base::split(text, '\n')) {
    if (line.starts_with(".Sh ")) section.clear();
    if (line.starts_with(".Ss ")) {
      section = base::split(line, ' ')[1];
      page[section];
    }
    if (!line.starts_with(".It ")) continue;
    for (std::sregex_iterator at(line.begin(), line.end(), item), end; at != end; ++at)
      page[section].insert((*at)[1].matched ? "--" + (*at)[1].str() : "-" + (*at)[2].str());
  }
  return page;
}

bool has_own_page(const std::string& command) {
  return fs::exists(kPages / ("esboot-" + command + ".1"));
}

}  // namespace

TEST_CASE("man pages: they tell every command and option of the program") {
  const Page main_page = read_page("esboot");
  const auto commands = test_support::all_commands();
  CHECK(commands.size() > 20);
  std::size_t options = 0;
  for (const CommandHelp& command : commands) {
    INFO("esboot " << command.name());
    const bool own_page = has_own_page(command.words.front());
    const Page page = own_page ? read_page("esboot-" + command.words.front()) : main_page;
    CHECK_MESSAGE(main_page.contains(command.words.front()), "no .Ss of it in esboot.1");
    if (own_page && command.words.size() == 1) continue;
    REQUIRE_MESSAGE(page.contains(command.words.back()), "no .Ss of it in its page");
    for (const std::string& option : command.options) {
      // -h and --help go with every command, and esboot.1 says so once.
      if (!own_page && (option == "-h" || option == "--help")) continue;
      const bool common = page.contains("") && page.at("").contains(option);
      CHECK_MESSAGE((common || page.at(command.words.back()).contains(option)), option);
      ++options;
    }
  }
  CHECK(options > 100);
}

TEST_CASE("man pages: they tell no command or option that the program does not list") {
  const auto commands = test_support::all_commands();
  for (const std::string page_name : {"esboot", "esboot-keystore", "esboot-certs"}) {
    for (const auto& [section, options] : read_page(page_name)) {
      INFO(page_name << ", " << section);
      std::set<std::string> known;
      bool found = section.empty();
      for (const CommandHelp& command : commands) {
        const bool of_page = page_name == "esboot" ? command.words.size() == 1
                                                   : page_name == "esboot-" + command.words.front();
        if (!of_page || (!section.empty() && command.words.back() != section)) continue;
        known.insert(command.options.begin(), command.options.end());
        if (command.takes_start_options)
          known.insert(commands.front().options.begin(), commands.front().options.end());
        found = true;
      }
      CHECK(found);
      for (const std::string& option : options) CHECK_MESSAGE(known.contains(option), option);
    }
  }
}

TEST_CASE("man pages: the formatter has nothing to say against them") {
  if (!fs::exists("/usr/bin/mandoc")) {
    test_support::report_skip("man pages lint", "the program mandoc is not installed");
    return;
  }
  int pages = 0;
  for (const auto& entry : fs::directory_iterator(kPages)) {
    const auto lint = test_support::run_child(
        {{"/usr/bin/mandoc", "-T", "lint", "-W", "warning", entry.path()}, "", {}, "/"});
    CHECK_MESSAGE(lint.exit_code == 0, lint.out);
    ++pages;
  }
  CHECK(pages == 3);
}
