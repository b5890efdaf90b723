#pragma once

#include <initializer_list>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "launcher/node_state.h"

/// What the commands have in common that look at a node, or change it, without starting it.
namespace launcher {

/// The options of start, and the flags of a command that stood among them.
struct CommandLine {
  std::set<std::string_view> flags;
  std::vector<char*> arguments;

  [[nodiscard]] bool has(std::string_view flag) const { return flags.contains(flag); }
};
[[nodiscard]] CommandLine split_off_flags(std::span<char* const> arguments,
                                          std::initializer_list<std::string_view> flags);

/// Takes the secrets out of the environment and parses the options of start. Error: kUsage.
base::Result<Request> request_of(const std::string& invoked_as, std::span<char* const> arguments);

/// Exit codes of check and configure.
inline constexpr int kConfigures = 0;
inline constexpr int kAlreadyConfigured = 3;
inline constexpr int kSkips = 4;
[[nodiscard]] int verdict_code(const Verdict& verdict);

/// The exit code of a command; reports its error.
[[nodiscard]] int conclude(const base::Result<int>& result);

}  // namespace launcher
