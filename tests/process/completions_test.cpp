// The completions in the shells themselves: what they offer is what the program lists.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "base/text.h"
#include "tests/support/child_process.h"
#include "tests/support/help_texts.h"
#include "tests/support/real_elasticsearch.h"
#include "tests/support/stand_in_node.h"

namespace fs = std::filesystem;
using test_support::CommandHelp;
using Words = std::vector<std::string>;

namespace {

std::string completion_file(const std::string& name) {
  return std::string(ESBOOT_SOURCE_DIR) + "/packaging/completions/" + name;
}

/// PATH with the built program in front.
std::map<std::string, std::string> shell_environment() {
  return {{"PATH", fs::path(test_support::esboot_binary()).parent_path().string() +
                       ":/usr/local/bin:/usr/bin:/bin"},
          {"LC_ALL", "C.UTF-8"},
          {"TERM", "dumb"}};
}

std::set<std::string> lines_of(const std::string& text) {
  std::set<std::string> lines;
  for (const std::string& line : base::split(text, '\n'))
    if (!line.empty()) lines.insert(line.substr(0, line.find('\t')));
  return lines;
}

/// What bash offers for the last of `words`, through the function that the file registers.
std::set<std::string> offered_by_bash(const Words& words) {
  Words argv{"/bin/bash",
             "--norc",
             "-c",
             "source \"$1\"; shift\n"
             "COMP_WORDS=(esboot \"$@\") COMP_CWORD=$#\n"
             "read -r _ _ function _ < <(complete -p esboot)\n"
             "\"$function\" esboot \"${COMP_WORDS[-1]}\" \"${COMP_WORDS[-2]}\"\n"
             "printf '%s\\n' \"${COMPREPLY[@]}\"",
             "bash",
             completion_file("esboot.bash")};
  argv.insert(argv.end(), words.begin(), words.end());
  const auto result = test_support::run_child({argv, "", shell_environment(), "/"});
  CHECK(result.err == "");
  return lines_of(result.out);
}

std::set<std::string> offered_by_fish(const Words& words) {
  std::string line = "esboot";
  for (const std::string& word : words) line += " " + word;
  const auto result = test_support::run_child(
      {{"/usr/bin/fish", "--no-config", "-c",
        "source " + completion_file("esboot.fish") + "; complete -C '" + line + "'"},
       "",
       shell_environment(),
       "/"});
  CHECK(result.err == "");
  return lines_of(result.out);
}

/// What one zsh on a terminal lists for each of the lines, as text.
std::vector<std::string> listed_by_zsh(const std::vector<std::string>& lines) {
  std::string script =
      "set timeout 20\nset stty_init {rows 200 cols 150}\nspawn -noecho zsh -f -i\n"
      "send \"PS1='REA''DY '; fpath=(" +
      completion_file("") +
      " \\$fpath); autoload -U compinit; compinit -u -D; LISTMAX=1000; unsetopt "
      "zle_bracketed_paste\\r\"\n"
      "expect -ex {READY } {} timeout {exit 99}\n";
  for (const std::string& line : lines)
    // ^D lists at the end of a line; ^U empties it.
    script += "send \"" + line + "\\004\"\nexpect -re {" + line + ".*" + line +
              "} {puts \"\\nSEEN $expect_out(buffer) END\"} timeout {exit 98}\nsend \"\\025\"\n";
  script += "send \"exit\\r\"\nexpect eof\n";
  const auto result =
      test_support::run_child({{"/usr/bin/expect", "-c", script}, "", shell_environment(), "/"});
  INFO(result.out);
  CHECK(result.exit_code == 0);
  std::vector<std::string> seen;
  for (std::size_t at = 0; (at = result.out.find("\nSEEN ", at)) != std::string::npos; ++at)
    seen.push_back(result.out.substr(at, result.out.find(" END", at) - at));
  return seen;
}

bool has_shell(const std::string& shell) {
  if (fs::exists("/usr/bin/" + shell)) return true;
  test_support::report_skip("completions in " + shell, "the shell is not installed");
  return false;
}

/// Commands and below them, and the long options of each: everything that can be asked for.
struct Question {
  Words words;
  std::set<std::string> answer;
};

std::vector<Question> questions() {
  const auto commands = test_support::all_commands();
  std::vector<Question> all{{{""}, {}}};
  const CommandHelp& start = commands.front();
  for (const CommandHelp& command : commands) {
    if (command.words.size() == 1) {
      all.front().answer.insert(command.words.front());
    } else if (all.back().words != Words{command.words.front(), ""} &&
               std::none_of(all.begin(), all.end(), [&](const Question& each) {
                 return each.words == Words{command.words.front(), ""};
               })) {
      Question verbs{{command.words.front(), ""}, {}};
      for (const CommandHelp& each : commands)
        if (each.words.size() == 2 && each.words.front() == command.words.front())
          verbs.answer.insert(each.words.back());
      all.push_back(verbs);
    }
    Question options{command.words, {}};
    options.words.emplace_back("--");
    for (const CommandHelp* from : {&command, &start}) {
      if (from == &start && !command.takes_start_options) continue;
      for (const std::string& option : from->options)
        if (option.starts_with("--")) options.answer.insert(option);
    }
    if (!options.answer.empty()) all.push_back(options);
    for (const std::string& choice : command.choices) {
      const auto parts = base::split(choice, ' ');
      Question values{command.words, {parts.begin() + 1, parts.end()}};
      values.words.insert(values.words.end(), {parts.front(), ""});
      all.push_back(values);
    }
  }
  return all;
}

std::string joined(const Words& words) {
  std::string line = "esboot";
  for (const std::string& word : words) line += " " + word;
  return line;
}

}  // namespace

TEST_CASE("completions: bash offers what the program lists") {
  const auto all = questions();
  CHECK(all.size() > 25);
  for (const Question& question : all) {
    INFO(joined(question.words));
    CHECK(offered_by_bash(question.words) == question.answer);
  }
  CHECK(offered_by_bash({"key"}) == std::set<std::string>{"keystore"});
  CHECK(offered_by_bash({"certs", "renew", "--key-t"}).empty());
  CHECK(offered_by_bash({"keystore", "apply", "/etc/passw"}).contains("/etc/passwd"));
  CHECK(offered_by_bash({"start", "--relay", ""}) == std::set<std::string>{"yes", "no"});
  CHECK(offered_by_bash({"certs", "export", ""}) == std::set<std::string>{"ca", "chain", "key"});
}

TEST_CASE("completions: fish offers what the program lists") {
  if (!has_shell("fish")) return;
  for (const Question& question : questions()) {
    INFO(joined(question.words));
    CHECK(offered_by_fish(question.words) == question.answer);
  }
  CHECK(offered_by_fish({"keystore", "apply", "/etc/passw"}).contains("/etc/passwd"));
}

TEST_CASE("completions: zsh lists what the program lists") {
  if (!has_shell("zsh") || !has_shell("expect")) return;
  const auto all = questions();
  std::vector<std::string> lines;
  for (const Question& question : all) lines.push_back(joined(question.words));
  const auto seen = listed_by_zsh(lines);
  REQUIRE(seen.size() == all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    INFO(seen[i]);
    for (const std::string& word : all[i].answer)
      CHECK_MESSAGE(seen[i].find(word) != std::string::npos, word);
  }
}
