#include "launcher/keystore_options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <string_view>

#include "launcher/option_parser.h"

namespace launcher {
namespace {

constexpr OptionSpec kSetting{'E', "", true, true, true, "Accepted as by the stock tool"};
constexpr OptionSpec kHelp{'h', "help", false, false, true, "Show this text"};
constexpr OptionSpec kSilent{'s', "silent", false, false, true, "Say nothing on stdout"};
constexpr OptionSpec kVerbose{'v', "verbose", false, false, true, "Accepted as by the stock tool"};
constexpr OptionSpec kPassword{'p', "password", false, false, true, "Ask for a new passphrase"};
constexpr OptionSpec kStdin{'x', "stdin", false, false, true, "Read values without a prompt"};
constexpr OptionSpec kForce{'f',   "force", false,
                            false, true,    "Overwrite and create without asking"};
constexpr OptionSpec kJson{'\0', "json", false, false, false, "Print JSON"};
constexpr OptionSpec kDetailed{
    '\0', "detailed-exitcode", false, false, false, "Exit 2 where something changed"};
constexpr OptionSpec kPassphraseFile{
    '\0', "passphrase-file", true, false, false, "Read the passphrase from this file"};
constexpr OptionSpec kPassphraseFd{
    '\0', "passphrase-fd", true, false, false, "Read the passphrase from this descriptor"};

struct VerbSpec {
  KeystoreVerb verb;
  std::string_view name;
  std::string_view operands;
  std::string_view help;
  std::vector<OptionSpec> own_options;
};

const std::array<VerbSpec, 12>& verb_specs() {
  using enum KeystoreVerb;
  static const std::array<VerbSpec, 12> specs{{
      {kCreate, "create", "", "Make a new keystore", {kPassword}},
      {kList, "list", "", "Print the names of the entries", {kJson}},
      {kShow, "show", "NAME", "Print one value (with --json, any number)", {kJson}},
      {kAdd, "add", "NAME...", "Set entries to lines of text", {kStdin, kForce}},
      {kAddFile, "add-file", "(NAME PATH)...", "Set entries to the contents of files", {kForce}},
      {kRemove, "remove", "NAME...", "Remove entries", {}},
      {kUpgrade, "upgrade", "", "Bring the file to the format of this Elasticsearch", {}},
      {kPasswd, "passwd", "", "Change the passphrase", {}},
      {kHasPasswd, "has-passwd", "", "Exit 0 if a passphrase protects the keystore, else 1", {}},
      {kApply,
       "apply",
       "FILE|-",
       "Set and remove many entries at once, from JSON or NAME=VALUE lines",
       {kDetailed}},
      {kDiff,
       "diff",
       "FILE|-",
       "Compare with JSON or NAME=VALUE lines by hash: exit 0 same, 2 different",
       {kJson}},
      {kVerify, "verify", "", "Check the file and that the passphrase opens it", {}},
  }};
  return specs;
}

const VerbSpec* find_verb(std::string_view name) {
  const auto& specs = verb_specs();
  const auto found = std::find_if(specs.begin(), specs.end(),
                                  [&](const VerbSpec& each) { return each.name == name; });
  return found == specs.end() ? nullptr : &*found;
}

const VerbSpec& spec_of(KeystoreVerb verb) {
  return *std::find_if(verb_specs().begin(), verb_specs().end(),
                       [&](const VerbSpec& each) { return each.verb == verb; });
}

std::vector<OptionSpec> options_of(const VerbSpec& spec) {
  std::vector<OptionSpec> options{kSetting, kHelp, kSilent, kVerbose};
  options.insert(options.end(), spec.own_options.begin(), spec.own_options.end());
  if (spec.verb != KeystoreVerb::kHasPasswd && spec.verb != KeystoreVerb::kCreate)
    options.insert(options.end(), {kPassphraseFile, kPassphraseFd});
  return options;
}

base::Error usage_error(const std::string& message) {
  return {base::ErrorKind::kUsage, message, "--help lists commands and options", 0};
}

/// The settings have no effect on a keystore; wrong ones are refused as stock does.
base::Result<void> check_settings(const ParsedOptions& before, const ParsedOptions& after) {
  std::set<std::string> seen;
  for (const ParsedOptions* options : {&before, &after})
    for (const auto& [id, setting] : options->given) {
      if (id != kSetting.id()) continue;
      const std::size_t equals = setting.find('=');
      if (equals == std::string::npos || equals + 1 == setting.size())
        return usage_error("setting " + setting.substr(0, equals) + " of -E has no value");
      if (!seen.insert(setting.substr(0, equals)).second)
        return usage_error("setting " + setting.substr(0, equals) + " is given twice with -E");
    }
  return {};
}

base::Result<void> check_silent_or_verbose(const ParsedOptions& options) {
  if (options.has(kSilent.name) && options.has(kVerbose.name))
    return usage_error("silent and verbose exclude each other");
  return {};
}

base::Result<PassphraseSource> passphrase_source(const ParsedOptions& options) {
  PassphraseSource source;
  if (options.has(kPassphraseFile.name)) source.file = options.value_of(kPassphraseFile.name);
  if (!options.has(kPassphraseFd.name)) return source;
  if (source.file) return usage_error("one source of the passphrase is enough");
  const std::string text = options.value_of(kPassphraseFd.name);
  int fd = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), fd);
  if (error != std::errc() || end != text.data() + text.size() || fd < 0)
    return usage_error("passphrase-fd " + text + " is not the number of a descriptor");
  source.fd = fd;
  return source;
}

}  // namespace

base::Result<KeystoreOptions> parse_keystore_options(std::span<const std::string> arguments) {
  static constexpr std::array<OptionSpec, 4> kGlobal{kSetting, kHelp, kSilent, kVerbose};
  BASE_TRY(const ParsedOptions before, parse_options(kGlobal, arguments, OperandRule::kEndOptions));
  KeystoreOptions options;
  options.help = before.has(kHelp.name);
  if (options.help) return options;
  BASE_CHECK(check_silent_or_verbose(before));
  if (before.operands.empty()) return usage_error("a keystore command is missing");
  const VerbSpec* verb = find_verb(before.operands.front());
  if (verb == nullptr)
    return usage_error("unknown keystore command '" + before.operands.front() + "'");
  options.verb = verb->verb;

  const auto specs = options_of(*verb);
  BASE_TRY(const ParsedOptions after,
           parse_options(specs, std::span(before.operands).subspan(1), OperandRule::kAnywhere));
  options.help = after.has(kHelp.name);
  if (options.help) return options;
  BASE_CHECK(check_silent_or_verbose(after));
  BASE_CHECK(check_settings(before, after));
  // As in stock, -s before the command says nothing about the command itself.
  options.silent = after.has(kSilent.name);
  options.ask_new_passphrase = after.has(kPassword.name);
  options.values_from_stdin = after.has(kStdin.name);
  options.force = after.has(kForce.name);
  options.json = after.has(kJson.name);
  options.detailed_exitcode = after.has(kDetailed.name);
  BASE_TRY(options.passphrase, passphrase_source(after));
  options.operands = after.operands;
  return options;
}

std::string keystore_help(std::optional<KeystoreVerb> verb) {
  if (verb) {
    const VerbSpec& spec = spec_of(*verb);
    std::string text = "Usage: keystore " + std::string(spec.name) + " [options]";
    if (!spec.operands.empty()) text.append(" ").append(spec.operands);
    text.append("\n").append(spec.help).append("\n\n");
    return text + options_help(options_of(spec));
  }
  std::string text = "Usage: keystore COMMAND [options]\n\n";
  for (const VerbSpec& spec : verb_specs()) {
    std::string usage = std::string(spec.name) + " " + std::string(spec.operands);
    usage.resize(std::max<std::size_t>(usage.size() + 2, 26), ' ');
    text.append("  ").append(usage).append(spec.help) += '\n';
  }
  return text + "\nkeystore COMMAND --help lists the options of one command.\n";
}

}  // namespace launcher
