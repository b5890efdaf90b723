#include "launcher/option_parser.h"

#include <doctest/doctest.h>

#include <array>

#include "launcher/keystore_options.h"

using launcher::OptionSpec;
using Words = std::vector<std::string>;

namespace {

constexpr std::array<OptionSpec, 5> kSpecs{{{'x', "stdin", false, false, true, ""},
                                            {'f', "force", false, false, true, ""},
                                            {'E', "", true, true, true, ""},
                                            {'p', "password", false, false, true, ""},
                                            {'\0', "passphrase-file", true, false, false, ""}}};

/// "id=value id=value | operand operand", or "error: message".
std::string parsed(const Words& words,
                   launcher::OperandRule rule = launcher::OperandRule::kAnywhere) {
  const auto options = launcher::parse_options(kSpecs, words, rule);
  if (!options.ok()) return "error: " + options.error().message;
  std::string text;
  for (const auto& [id, value] : options.value().given)
    text.append(id).append("=").append(value) += ' ';
  text += "|";
  for (const std::string& operand : options.value().operands) text.append(" ").append(operand);
  return text;
}

launcher::KeystoreOptions keystore_options(const Words& words) {
  auto options = launcher::parse_keystore_options(words);
  REQUIRE(options.ok());
  return std::move(options).value();
}

}  // namespace

TEST_CASE("options are read as the stock parser reads them") {
  struct Case {
    Words words;
    std::string expected;
  };
  for (const auto& [words, expected] :
       std::vector<Case>{{{}, "|"},
                         {{"a", "-x", "b"}, "stdin= | a b"},
                         {{"-xf", "a"}, "stdin= force= | a"},
                         {{"--stdin", "--force"}, "stdin= force= |"},
                         {{"--std", "-for"}, "stdin= force= |"},
                         {{"--x"}, "stdin= |"},
                         {{"--stdin=ignored"}, "stdin= |"},
                         {{"-Ea.b=c"}, "E=a.b=c |"},
                         {{"-E", "a.b=c", "-E=d=e"}, "E=a.b=c E=d=e |"},
                         {{"--E", "a=b"}, "E=a=b |"},
                         {{"-xE", "a=b"}, "stdin= E=a=b |"},
                         {{"-E", "--"}, "E=-- |"},
                         {{"--", "-x", "--"}, "| -x --"},
                         {{"-", ""}, "| - "},
                         {{"--pass"}, "password= |"},
                         {{"--passphrase-file", "f"}, "passphrase-file=f |"},
                         {{"--passphrase-file=f"}, "passphrase-file=f |"},
                         {{"--passphrase-f"}, "error: unknown option passphrase-f"},
                         {{"--passphrase-file", "a", "--passphrase-file", "b"},
                          "error: option passphrase-file is given more than once"},
                         {{"-q"}, "error: unknown option q"},
                         {{"-xq"}, "error: unknown option q"},
                         {{"--="}, "error: unknown option "},
                         {{"-E"}, "error: option E needs a value"}})
    CHECK(parsed(words) == expected);
  CHECK(parsed({"-x", "list", "-f"}, launcher::OperandRule::kEndOptions) == "stdin= | list -f");
}

TEST_CASE("keystore options: own options do not take away stock abbreviations") {
  CHECK(keystore_options({"create", "--pass"}).ask_new_passphrase);
  CHECK(keystore_options({"list", "--s"}).silent);
  CHECK(keystore_options({"list", "--json"}).json);
  CHECK(keystore_options({"add", "-x", "--passphrase-fd", "7", "n"}).passphrase.fd == 7);
  CHECK_FALSE(keystore_options({"-s", "list"}).silent);
  CHECK(keystore_options({"-h"}).help);
  CHECK(keystore_options({"list", "-h", "-s"}).help);
}

TEST_CASE("keystore options: what stock refuses is a usage error") {
  for (const Words& words : std::vector<Words>{{},
                                               {"nope"},
                                               {"lis"},
                                               {""},
                                               {"-x", "list"},
                                               {"list", "-x"},
                                               {"-s", "-v", "list"},
                                               {"list", "-v", "-s"},
                                               {"list", "-Ea.b"},
                                               {"list", "-Ea.b="},
                                               {"-Ea=b", "list", "-Ea=c"},
                                               {"list", "--js"},
                                               {"list", "--passphrase-fd", "x"},
                                               {"list", "--passphrase-fd=-1"},
                                               {"list", "--passphrase-fd=1", "--passphrase-file=f"},
                                               {"has-passwd", "--passphrase-fd", "1"}}) {
    const auto options = launcher::parse_keystore_options(words);
    REQUIRE_FALSE(options.ok());
    CHECK(options.error().kind == base::ErrorKind::kUsage);
  }
}

TEST_CASE("keystore help names every command and its options") {
  const std::string all = launcher::keystore_help({});
  for (const char* verb : {"create", "list", "show", "add", "add-file", "remove", "upgrade",
                           "passwd", "has-passwd", "apply", "diff", "verify"})
    CHECK(all.find(std::string("\n  ") + verb + " ") != std::string::npos);
  const std::string add = launcher::keystore_help(launcher::KeystoreVerb::kAdd);
  for (const char* option : {"-x, --stdin", "-f, --force", "--passphrase-file VALUE"})
    CHECK(add.find(option) != std::string::npos);
}

TEST_CASE("a mistyped option gets the near one as a hint") {
  const auto near = launcher::parse_options(kSpecs, Words{"--pasphrase-file=x"},
                                            launcher::OperandRule::kAnywhere);
  REQUIRE_FALSE(near.ok());
  CHECK(near.error().hint.starts_with("did you mean --passphrase-file?"));
  const auto strange =
      launcher::parse_options(kSpecs, Words{"--colour"}, launcher::OperandRule::kAnywhere);
  REQUIRE_FALSE(strange.ok());
  CHECK(strange.error().hint == "--help lists the options");
}
