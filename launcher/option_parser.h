#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

/// Options as the stock tools read them (jopt-simple, behaviour page 2.1): --name=value,
/// --name value, -n value, -nvalue, clusters of letters, unambiguous beginnings of long names, and
/// "--" as the end of options.
namespace launcher {

struct OptionSpec {
  char letter = '\0';          ///< '\0': has none
  std::string_view name = {};  ///< long name, or empty
  bool takes_value = false;
  bool repeatable = false;
  /// Whether a beginning of the name will do. Not for options that stock does not have: they must
  /// not make ambiguous what a script abbreviates today.
  bool may_be_shortened = true;
  std::string_view help = {};

  /// What ParsedOptions calls it: the long name, or the letter where there is none.
  [[nodiscard]] std::string_view id() const {
    return name.empty() ? std::string_view(&letter, 1) : name;
  }
};

struct ParsedOptions {
  std::vector<std::pair<std::string_view, std::string>> given;  ///< id and value, in order
  std::vector<std::string> operands;

  [[nodiscard]] bool has(std::string_view id) const;
  /// The value, or an empty text.
  [[nodiscard]] std::string value_of(std::string_view id) const;
};

enum class OperandRule {
  kAnywhere,    ///< options may follow operands
  kEndOptions,  ///< the first operand and all that follows are operands
};

/// Error: kUsage, naming the option. `specs` outlives the result.
base::Result<ParsedOptions> parse_options(std::span<const OptionSpec> specs,
                                          std::span<const std::string> arguments, OperandRule rule);

/// One line for each option with its letter, name and help.
[[nodiscard]] std::string options_help(std::span<const OptionSpec> specs);

}  // namespace launcher
