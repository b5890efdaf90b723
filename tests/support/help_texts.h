#pragma once

#include <string>
#include <vector>

namespace test_support {

/// What --help says of one command of the program.
struct CommandHelp {
  std::vector<std::string> words;    ///< {"start"} or {"keystore", "add"}
  std::vector<std::string> options;  ///< "-E", "--pidfile", ...
  bool takes_start_options = false;
  /// Of an option that takes one of a few words, "--format p12 pem".
  std::vector<std::string> choices;

  /// "keystore add"
  [[nodiscard]] std::string name() const;
};

/// Every command of `esboot help`, and every one below it, as the built program lists them.
[[nodiscard]] std::vector<CommandHelp> all_commands();

/// The first words of the rows of a help text that lists commands; none where it does not.
[[nodiscard]] std::vector<std::string> listed_commands(const std::string& help);

}  // namespace test_support
