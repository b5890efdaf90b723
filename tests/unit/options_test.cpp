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
                                                                 {"--key-type=dsa"},
                                                                 {"--key-typ=rsa"},
                                                                 {"--key-search", ""},
                                                                 {"--format=jks"},
                                                                 {"--format=p12", "--format=pem"},
                                                                 {"--san"},
                                                                 {"--san=a b"},
                                                                 {"-x"}}) {
    CAPTURE(words);
    const auto options = parse(words);
    REQUIRE_FALSE(options.ok());
    CHECK(options.error().kind == base::ErrorKind::kUsage);
    CHECK_FALSE(options.error().hint.empty());
  }
}

TEST_CASE("the choices for certificates are taken from the command line") {
  const auto plain = parse(std::vector<std::string>{}).value().certificates;
  CHECK(plain.key_search == certgen::KeySearch::kParallel);
  CHECK(plain.key_type == certgen::KeyType::kRsa4096);
  CHECK(plain.format == certgen::StoreFormat::kPkcs12);
  CHECK(plain.names.empty());
  const auto chosen = parse({"--key-type=p384", "--key-search", "openssl", "--format=pem", "--san",
                             "a.example", "--san=2001:db8::1"})
                          .value()
                          .certificates;
  CHECK(chosen.key_search == certgen::KeySearch::kOpenSsl);
  CHECK(chosen.key_type == certgen::KeyType::kEcP384);
  CHECK(chosen.format == certgen::StoreFormat::kPem);
  using Kind = certgen::SubjectAltName::Kind;
  CHECK(chosen.names == std::vector<certgen::SubjectAltName>{{Kind::kDns, "a.example"},
                                                             {Kind::kIp, "2001:db8::1"}});
}

TEST_CASE("ES_EXTRA_SANS adds names, and a malformed one is refused") {
  const auto names_of = [](const std::string& value) {
    return launcher::extra_names({}, {{{"ES_EXTRA_SANS", value}}});
  };
  CHECK(launcher::extra_names({}, {}).value().empty());
  CHECK(names_of(" , ").value().empty());
  const auto names = names_of("*.es.example, 192.0.2.1 ,::1,node_1,a-b.c1,xn--n-1fa").value();
  REQUIRE(names.size() == 6);
  CHECK(names[0].value == "*.es.example");
  CHECK(names[1].kind == certgen::SubjectAltName::Kind::kIp);
  CHECK(names[2].kind == certgen::SubjectAltName::Kind::kIp);
  CHECK(names[3].kind == certgen::SubjectAltName::Kind::kDns);
  const std::string long_label(64, 'a');
  for (const std::string& bad : std::vector<std::string>{
           "a b", "n\xC3\xB6", "192.0.2.256", "192.0.2", "::1%eth0", "1:2", "a..b", "a.", ".a",
           "-a", "a-", "*", "*.", "a.*.b", "a:9200", "http://a", long_label, "good,b@d"}) {
    CAPTURE(bad);
    const auto refused = names_of(bad);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().kind == base::ErrorKind::kUsage);
    CHECK(refused.error().message.starts_with("ES_EXTRA_SANS: "));
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
