#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "launcher/options.h"

namespace {

/// argv as main gets it: writable texts.
struct Argv {
  explicit Argv(std::vector<std::string> given) : texts(std::move(given)) {
    for (std::string& text : texts) pointers.push_back(text.data());
  }
  std::vector<std::string> texts;
  std::vector<char*> pointers;
};

base::Result<launcher::StartOptions> parse(Argv* argv) {
  return launcher::parse_start_options(argv->pointers);
}

base::Result<launcher::StartOptions> parse(const std::vector<std::string>& words) {
  Argv argv(words);
  return parse(&argv);
}

}  // namespace

TEST_CASE("start options are taken in every spelling of the stock parser") {
  for (const auto& words : std::vector<std::vector<std::string>>{
           {"-p", "x"}, {"-px"}, {"-p=x"}, {"--pidfile", "x"}, {"--pidfile=x"}, {"--pid=x"}}) {
    CAPTURE(words);
    const auto options = parse(words);
    REQUIRE(options.ok());
    CHECK(options.value().pid_file == "x");
  }
  for (const char* const word : {"-Ea.b=1", "-E=a.b=1"}) {
    const auto options = parse({word});
    REQUIRE(options.ok());
    CHECK(options.value().settings.at(0).key == "a.b");
    CHECK(options.value().settings.at(0).value == "1");
  }
  const auto cluster = parse({"-dv", "-E", "a=b=c", "--", "-q"});
  REQUIRE(cluster.ok());
  CHECK(cluster.value().daemonize);
  CHECK(cluster.value().verbose);
  CHECK(cluster.value().settings.at(0).value == "b=c");
  CHECK(cluster.value().positional == std::vector<std::string>{"-q"});
  CHECK(parse({"--daem"}).value().daemonize);
  CHECK_FALSE(parse({"--relay=no"}).value().relay);
  CHECK(parse({"-h", "-q", "-d"}).value().help);
}

TEST_CASE("bad start options are refused") {
  for (const auto& words : std::vector<std::vector<std::string>>{{"--ver"},
                                                                 {"--rel=no"},
                                                                 {"-p"},
                                                                 {"-p", "a", "-p", "b"},
                                                                 {"-V", "-d"},
                                                                 {"-q", "-d"},
                                                                 {"-v", "-s"},
                                                                 {"-E", "ab"},
                                                                 {"-E", "ab="},
                                                                 {"-Ea=1", "-Ea=2"},
                                                                 {"--relay=maybe"},
                                                                 {"-x"}}) {
    CAPTURE(words);
    const auto options = parse(words);
    REQUIRE_FALSE(options.ok());
    CHECK(options.error().kind == base::ErrorKind::kUsage);
    CHECK_FALSE(options.error().hint.empty());
  }
}

TEST_CASE("a token is moved out of argv") {
  Argv argv({"--enrollment-token", "c2VjcmV0LXRva2Vu", "--enroll=b3RoZXItdG9rZW4"});
  const auto options = parse(&argv);
  REQUIRE(options.ok());
  CHECK(options.value().enrollment_tokens.at(0).expose() == "c2VjcmV0LXRva2Vu");
  CHECK(options.value().enrollment_tokens.at(1).expose() == "b3RoZXItdG9rZW4");
  CHECK(argv.texts[1] == std::string(16, '\0'));
  CHECK(argv.texts[2] == "--enroll=" + std::string(15, '\0'));
}
