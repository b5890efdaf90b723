#include "launcher/option_parser.h"

#include <algorithm>

#include "base/text.h"

namespace launcher {
namespace {

base::Error usage_error(const std::string& message) {
  return {base::ErrorKind::kUsage, message, "--help lists the options", 0};
}

class Parser {
 public:
  Parser(std::span<const OptionSpec> specs, std::span<const std::string> arguments)
      : specs_(specs), arguments_(arguments) {}

  base::Result<ParsedOptions> run(OperandRule rule) {
    while (next_ < arguments_.size()) {
      const std::string& token = arguments_[next_++];
      if (token == "--") {
        take_rest_as_operands();
      } else if (token.starts_with("--")) {
        BASE_CHECK(long_option(std::string_view(token).substr(2)));
      } else if (token.size() > 1 && token.front() == '-') {
        BASE_CHECK(short_options(std::string_view(token).substr(1)));
      } else {
        parsed_.operands.push_back(token);
        if (rule == OperandRule::kEndOptions) take_rest_as_operands();
      }
    }
    return std::move(parsed_);
  }

 private:
  void take_rest_as_operands() {
    parsed_.operands.insert(parsed_.operands.end(),
                            arguments_.begin() + static_cast<std::ptrdiff_t>(next_),
                            arguments_.end());
    next_ = arguments_.size();
  }

  [[nodiscard]] const OptionSpec* find(std::string_view key) const {
    if (key.empty()) return nullptr;
    const OptionSpec* shortened = nullptr;
    int candidates = 0;
    for (const OptionSpec& spec : specs_) {
      if (key == spec.name || (key.size() == 1 && key.front() == spec.letter)) return &spec;
      if (spec.may_be_shortened && spec.name.starts_with(key)) {
        shortened = &spec;
        ++candidates;
      }
    }
    return candidates == 1 ? shortened : nullptr;
  }

  [[nodiscard]] base::Error unknown_option(std::string_view key) const {
    std::vector<std::string_view> names;
    for (const OptionSpec& spec : specs_)
      if (!spec.name.empty()) names.push_back(spec.name);
    base::Error error = usage_error("unknown option " + std::string(key));
    const std::string_view meant = base::nearest_name(key, names);
    if (!meant.empty()) error.hint = "did you mean --" + std::string(meant) + "? " + error.hint;
    return error;
  }

  base::Result<void> long_option(std::string_view text) {
    const std::size_t equals = text.find('=');
    const std::string_view key = text.substr(0, equals);
    const OptionSpec* spec = find(key);
    if (spec == nullptr) return unknown_option(key);
    return take(*spec, equals != std::string_view::npos,
                text.substr(std::min(equals, text.size())));
  }

  /// "-name", "-n", "-n=value" as the long form; else a cluster of letters, of which the last may
  /// have its value attached.
  base::Result<void> short_options(std::string_view text) {
    if (find(text.substr(0, text.find('='))) != nullptr) return long_option(text);
    while (!text.empty()) {
      const OptionSpec* spec = find(text.substr(0, 1));
      if (spec == nullptr) return usage_error("unknown option " + std::string(text.substr(0, 1)));
      text.remove_prefix(1);
      if (spec->takes_value) return take(*spec, !text.empty(), text);
      BASE_CHECK(take(*spec, false, ""));
    }
    return {};
  }

  /// `attached` is the value with an "=" that may stand before it.
  base::Result<void> take(const OptionSpec& spec, bool is_attached, std::string_view attached) {
    const std::string name(spec.id());
    if (!spec.repeatable && spec.takes_value && parsed_.has(spec.id()))
      return usage_error("option " + name + " is given more than once");
    std::string value;
    if (spec.takes_value && is_attached) {
      value = attached.starts_with('=') ? attached.substr(1) : attached;
    } else if (spec.takes_value) {
      if (next_ == arguments_.size()) return usage_error("option " + name + " needs a value");
      value = arguments_[next_++];
    }
    parsed_.given.emplace_back(spec.id(), std::move(value));
    return {};
  }

  std::span<const OptionSpec> specs_;
  std::span<const std::string> arguments_;
  std::size_t next_ = 0;
  ParsedOptions parsed_;
};

}  // namespace

bool ParsedOptions::has(std::string_view id) const {
  return std::any_of(given.begin(), given.end(),
                     [&](const auto& each) { return each.first == id; });
}

std::string ParsedOptions::value_of(std::string_view id) const {
  const auto found =
      std::find_if(given.begin(), given.end(), [&](const auto& each) { return each.first == id; });
  return found == given.end() ? "" : found->second;
}

base::Result<ParsedOptions> parse_options(std::span<const OptionSpec> specs,
                                          std::span<const std::string> arguments,
                                          OperandRule rule) {
  return Parser(specs, arguments).run(rule);
}

std::string options_help(std::span<const OptionSpec> specs) {
  std::string text;
  for (const OptionSpec& spec : specs) {
    std::string names = spec.letter == '\0' ? "    " : std::string("-") + spec.letter;
    if (!spec.name.empty()) names += (spec.letter == '\0' ? "--" : ", --") + std::string(spec.name);
    if (spec.takes_value) names += " VALUE";
    names.resize(std::max<std::size_t>(names.size() + 2, 28), ' ');
    text.append("  ").append(names).append(spec.help) += '\n';
  }
  return text;
}

}  // namespace launcher
