#include "launcher/options.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

namespace launcher {
namespace {

enum class Id {
  kSetting,
  kVersion,
  kDaemonize,
  kEnrollmentToken,
  kHelp,
  kPidFile,
  kQuiet,
  kSilent,
  kVerbose,
  kRelay,
};

struct Option {
  Id id;
  char short_name;  ///< 0 for none
  std::string_view long_name;
  std::string_view argument;  ///< its name in the help, empty for a flag
  bool stock;                 ///< abbreviations resolve among the stock options only
  std::string_view help;
};

constexpr std::array kOptions{
    Option{Id::kSetting, 'E', "", "key=value", true, "set or override one setting"},
    Option{Id::kPidFile, 'p', "pidfile", "path", true, "let the node write its pid there"},
    Option{Id::kDaemonize, 'd', "daemonize", "", true, "return once the node is ready"},
    Option{Id::kQuiet, 'q', "quiet", "", true, "no logging to the console"},
    Option{Id::kEnrollmentToken, 0, "enrollment-token", "token", true,
           "join the cluster that issued the token"},
    Option{Id::kSilent, 's', "silent", "", true, "say as little as possible"},
    Option{Id::kVerbose, 'v', "verbose", "", true, "say why, also for the ordinary"},
    Option{Id::kVersion, 'V', "version", "", true, "print the version and end"},
    Option{Id::kHelp, 'h', "help", "", true, "print this and end"},
    Option{Id::kRelay, 0, "relay", "yes|no", false,
           "no: leave no process beside the node; its stderr is then unfiltered"},
};

/// A pair that the stock parser refuses together, unless -h is there.
struct Conflict {
  Id option;
  std::string_view name;
  Id with;
};
constexpr std::array kConflicts{
    Conflict{Id::kDaemonize, "d/daemonize", Id::kVersion},
    Conflict{Id::kPidFile, "p/pidfile", Id::kVersion},
    Conflict{Id::kQuiet, "q/quiet", Id::kVersion},
    Conflict{Id::kQuiet, "q/quiet", Id::kDaemonize},
    Conflict{Id::kEnrollmentToken, "enrollment-token", Id::kVersion},
    Conflict{Id::kVerbose, "v/verbose", Id::kSilent},
};

base::Error usage(std::string message) {
  return {base::ErrorKind::kUsage, std::move(message), "'esboot start --help' lists the options",
          0};
}

std::string shown(const Option& option) {
  return option.long_name.empty() ? "-" + std::string(1, option.short_name)
                                  : "--" + std::string(option.long_name);
}

/// Walks over the arguments and fills in the options.
class Parser {
 public:
  explicit Parser(std::span<char* const> arguments) : arguments_(arguments) {}

  base::Result<StartOptions> parse() {
    while (next_ < arguments_.size()) {
      char* const argument = arguments_[next_++];
      const std::string_view text(argument);
      if (text == "--") break;
      if (text.starts_with("--")) {
        BASE_CHECK(parse_long(argument));
      } else if (text.size() > 1 && text.starts_with('-')) {
        BASE_CHECK(parse_short(argument));
      } else {
        options_.positional.emplace_back(text);
      }
    }
    for (; next_ < arguments_.size(); ++next_) options_.positional.emplace_back(arguments_[next_]);
    BASE_CHECK(check_conflicts());
    return std::move(options_);
  }

 private:
  base::Result<const Option*> find_long(std::string_view name) {
    const Option* match = nullptr;
    int candidates = 0;
    for (const Option& option : kOptions) {
      if (option.long_name.empty()) continue;
      if (option.long_name == name) return &option;
      if (!option.stock || !option.long_name.starts_with(name)) continue;
      match = &option;
      ++candidates;
    }
    if (candidates == 1 && !name.empty()) return match;
    return usage("unknown option --" + std::string(name));
  }

  base::Result<void> parse_long(char* argument) {
    char* const equals = std::strchr(argument, '=');
    const std::string_view text(argument);
    const std::string_view name =
        equals == nullptr ? text.substr(2) : text.substr(2, text.find('=') - 2);
    BASE_TRY(const Option* option, find_long(name));
    if (option->argument.empty()) {
      if (equals != nullptr) return usage(shown(*option) + " takes no value");
      return apply(*option, nullptr);
    }
    return apply_with_value(*option, equals == nullptr ? nullptr : equals + 1);
  }

  base::Result<void> parse_short(char* argument) {
    for (char* at = argument + 1; *at != '\0'; ++at) {
      const auto* const option =
          std::find_if(kOptions.begin(), kOptions.end(),
                       [&](const Option& o) { return o.short_name != 0 && o.short_name == *at; });
      if (option == kOptions.end()) return usage("unknown option -" + std::string(1, *at));
      if (option->argument.empty()) {
        BASE_CHECK(apply(*option, nullptr));
        continue;
      }
      char* value = at[1] == '\0' ? nullptr : at + 1;
      if (value != nullptr && *value == '=') ++value;
      return apply_with_value(*option, value);
    }
    return {};
  }

  base::Result<void> apply_with_value(const Option& option, char* value) {
    if (value == nullptr && next_ < arguments_.size()) value = arguments_[next_++];
    if (value == nullptr) return usage(shown(option) + " needs a value");
    return apply(option, value);
  }

  base::Result<void> apply(const Option& option, char* value) {
    seen_[static_cast<std::size_t>(option.id)] = true;
    switch (option.id) {
      case Id::kHelp:
        options_.help = true;
        break;
      case Id::kVersion:
        options_.version = true;
        break;
      case Id::kSilent:
        options_.silent = true;
        break;
      case Id::kVerbose:
        options_.verbose = true;
        break;
      case Id::kQuiet:
        options_.quiet = true;
        break;
      case Id::kDaemonize:
        options_.daemonize = true;
        break;
      case Id::kSetting:
        return add_setting(value);
      case Id::kPidFile:
        if (!options_.pid_file.empty()) return usage("--pidfile is given more than once");
        options_.pid_file = value;
        break;
      case Id::kEnrollmentToken:
        options_.enrollment_tokens.push_back(base::Secret::copy_of(std::string_view(value)));
        base::wipe_memory(value, std::strlen(value));
        break;
      case Id::kRelay:
        if (std::strcmp(value, "yes") != 0 && std::strcmp(value, "no") != 0)
          return usage("--relay is yes or no, not '" + std::string(value) + "'");
        options_.relay = std::strcmp(value, "yes") == 0;
        break;
    }
    return {};
  }

  base::Result<void> add_setting(std::string_view text) {
    const std::size_t equals = text.find('=');
    const std::string key(text.substr(0, equals));
    if (equals == std::string_view::npos || equals + 1 == text.size())
      return base::Error{base::ErrorKind::kUsage, "-E " + key + " has no value",
                         "write it as -E " + key + "=VALUE", 0};
    for (const SettingArgument& earlier : options_.settings)
      if (earlier.key == key)
        return base::Error{base::ErrorKind::kUsage, "-E sets " + key + " twice",
                           "give each setting once", 0};
    options_.settings.push_back({key, std::string(text.substr(equals + 1))});
    return {};
  }

  base::Result<void> check_conflicts() {
    if (options_.help) return {};
    for (const Conflict& conflict : kConflicts)
      if (seen_[static_cast<std::size_t>(conflict.option)] &&
          seen_[static_cast<std::size_t>(conflict.with)])
        return usage("option " + std::string(conflict.name) +
                     " cannot be combined with the other options given");
    return {};
  }

  std::span<char* const> arguments_;
  std::size_t next_ = 0;
  StartOptions options_;
  std::array<bool, kOptions.size()> seen_{};
};

}  // namespace

base::Result<StartOptions> parse_start_options(std::span<char* const> arguments) {
  return Parser(arguments).parse();
}

std::string start_help() {
  std::string text =
      "esboot [start] [options]: start Elasticsearch in this process\n\n"
      "On a first start the node gets TLS certificates, security settings and a password for the\n"
      "user elastic; what stands against that is said on stderr, and the node starts as it is.\n\n";
  for (const Option& option : kOptions) {
    std::string left = option.short_name != 0 ? "  -" + std::string(1, option.short_name) : "    ";
    if (!option.long_name.empty())
      left += (option.short_name != 0 ? ", --" : "  --") + std::string(option.long_name);
    if (!option.argument.empty()) left += " <" + std::string(option.argument) + ">";
    left.resize(std::max<std::size_t>(left.size() + 2, 32), ' ');
    text += left + std::string(option.help) + "\n";
  }
  return text + "\nExample: esboot start -E node.name=one -p /run/es.pid\n";
}

}  // namespace launcher
