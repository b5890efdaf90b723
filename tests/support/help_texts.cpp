#include "tests/support/help_texts.h"

#include <algorithm>
#include <regex>

#include "base/text.h"
#include "tests/support/child_process.h"
#include "tests/support/stand_in_node.h"

namespace test_support {

namespace {

std::string help_of(std::vector<std::string> words) {
  words.insert(words.begin(), esboot_binary());
  if (words.back() != "help") words.emplace_back("--help");
  return run_child({words, "", {}, "/"}).out;
}

std::vector<std::string> all_matches(const std::string& text, const std::regex& form) {
  std::vector<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), form), end; at != end; ++at)
    found.push_back((*at)[1]);
  return found;
}

CommandHelp command_help(std::vector<std::string> words) {
  static const std::regex named("(--[a-z-]+)");
  static const std::regex choice(R"((--[a-z-]+) TEXT:\{([a-z0-9,]+)\})");
  const std::string help = help_of(words);
  CommandHelp command;
  command.words = std::move(words);
  command.options = all_matches(help.substr(0, help.find('\n')), named);
  for (const std::string& line : base::split(help, '\n')) {
    // The names stand in front of the first word that is none.
    static const std::regex names(R"(^ +((-[A-Za-z]|--[a-z-]+)(, ?(--[a-z-]+))?))");
    std::smatch match;
    if (!std::regex_search(line, match, names)) continue;
    for (const std::string& option : {match[2].str(), match[4].str()})
      if (!option.empty() &&
          std::count(command.options.begin(), command.options.end(), option) == 0)
        command.options.push_back(option);
    if (std::regex_search(line, match, choice)) {
      std::string words_of_choice = match[2];
      std::replace(words_of_choice.begin(), words_of_choice.end(), ',', ' ');
      command.choices.push_back(match[1].str() + " " + words_of_choice);
    }
  }
  command.takes_start_options = help.find("[options of start]") != std::string::npos;
  return command;
}

}  // namespace

std::string CommandHelp::name() const {
  return words.size() == 1 ? words.front() : words.front() + " " + words.back();
}

std::vector<std::string> listed_commands(const std::string& help) {
  static const std::regex row(R"((?:^|\n)  ([a-z][a-z-]*)(?= ))");
  if (help.find("COMMAND") == std::string::npos) return {};
  return all_matches(help, row);
}

std::vector<CommandHelp> all_commands() {
  std::vector<CommandHelp> commands;
  for (const std::string& name : listed_commands(help_of({"help"}))) {
    commands.push_back(command_help({name}));
    if (name == "help") continue;
    for (const std::string& verb : listed_commands(help_of({name})))
      commands.push_back(command_help({name, verb}));
  }
  // eswrapper shows the help of start as it is.
  for (CommandHelp& command : commands)
    if (&command != &commands.front() && command.options == commands.front().options) {
      command.options.clear();
      command.takes_start_options = true;
    }
  return commands;
}

}  // namespace test_support
