#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "keystore/keystore.h"
#include "tests/support/configured_node.h"
#include "tests/support/file_content.h"
#include "tests/support/server_args_decoder.h"

namespace {

namespace fs = std::filesystem;
using test_support::contains;
using test_support::content;
using test_support::StandInNode;

std::map<std::string, std::string> secrets_of(const StandInNode& node) {
  return test_support::decode_server_args(node.record().stdin_bytes).value().secrets;
}

}  // namespace

TEST_CASE("eswrapper, and the path of a program, are the words of the stock entry point") {
  for (const std::string& word : {std::string("eswrapper"), std::string("elasticsearch"),
                                  std::string("/usr/share/elasticsearch/bin/elasticsearch")}) {
    CAPTURE(word);
    test_support::ConfiguredNode node;
    node.script("quick\nready\nexit 5");
    CHECK(node.start({word, "-E", "cluster.name=c"}).exit_code == 5);
    CHECK(node.record().umask == (word == "eswrapper" ? "2" : "18"));  // 0002 and 0022
  }
}

TEST_CASE("a container runs another program in place of the node, elsewhere it is a mistake") {
  StandInNode node;
  node.environment["ELASTIC_CONTAINER"] = "true";
  const auto other = node.start({"sh", "-c", "echo from $0; exit 9", "sh"});
  CHECK(other.exit_code == 9);
  CHECK(other.out == "from sh\n");
  const auto own_options = node.start({"sh", "-c", "echo $*", "sh", "--log-format", "json"});
  CHECK(own_options.out == "--log-format json\n");
  const auto unknown = node.start({"no-such-program"});
  CHECK(unknown.exit_code == 127);
  CHECK(contains(unknown.err, "cannot run no-such-program"));
  node.environment.erase("ELASTIC_CONTAINER");
  const auto mistake = node.start({"sh"});
  CHECK(mistake.exit_code == 64);
  CHECK(contains(mistake.err, "unknown command 'sh'"));
}

TEST_CASE("ES_LOG_STYLE chooses the logging configuration") {
  test_support::ConfiguredNode node;
  node.script("quick\nready");
  node.put(node.config() / "log4j2.file.properties", "to files\n");
  node.environment["ES_LOG_STYLE"] = "console";
  CHECK(node.start({"eswrapper"}).exit_code == 0);
  CHECK(content(node.config() / "log4j2.properties") == "status = error\n");
  node.environment["ES_LOG_STYLE"] = "file";
  CHECK(node.start({"eswrapper"}).exit_code == 0);
  CHECK(content(node.config() / "log4j2.properties") == "to files\n");
  node.environment["ES_LOG_STYLE"] = "syslog";
  node.forget_record();
  const auto refused = node.start({"eswrapper"});
  CHECK(refused.exit_code == 1);
  CHECK(contains(refused.err, "not 'syslog'"));
  CHECK_FALSE(node.record().complete);
}

TEST_CASE("eswrapper fills a configuration directory that is empty, as a new volume is") {
  StandInNode node;
  node.script("quick\nready");
  fs::copy(node.config(), node.home() / "config.dist", fs::copy_options::recursive);
  fs::create_directory(node.config() / "jvm.options.d");
  CHECK(node.start({"eswrapper"}).exit_code == 0);  // not empty: left alone
  CHECK_FALSE(fs::exists(node.config() / "jvm.options.d/heap.options"));
  fs::remove_all(node.config());
  fs::create_directory(node.config());
  fs::create_directory(node.home() / "config.dist/jvm.options.d");
  node.put(node.home() / "config.dist/jvm.options.d/heap.options", "-Xmx1g\n");
  test_support::give_to_test_user(node.home());
  CHECK(node.start({"eswrapper"}).exit_code == 0);
  CHECK(content(node.config() / "jvm.options.d/heap.options") == "-Xmx1g\n");
  CHECK(fs::exists(node.config() / "certs"));
}

TEST_CASE("a copy into a new volume that was cut off is completed, and what is there stays") {
  test_support::ConfiguredNode node;
  node.script("quick\nready");
  fs::copy(node.config(), node.home() / "config.dist", fs::copy_options::recursive);
  test_support::give_to_test_user(node.home());
  fs::remove(node.config() / "log4j2.properties");
  fs::remove(node.config() / "jvm.options");
  fs::create_directory(node.config() / "lost+found");
  node.put(node.config() / "elasticsearch.yml", "xpack.security.enabled: false\n");
  CHECK(node.start({"eswrapper"}).exit_code == 0);
  CHECK(content(node.config() / "log4j2.properties") == "status = error\n");
  CHECK(fs::exists(node.config() / "jvm.options"));
  CHECK(content(node.config() / "elasticsearch.yml") == "xpack.security.enabled: false\n");
}

TEST_CASE("a password that was supplied is stored also where security is configured by hand") {
  StandInNode node;
  node.put(node.config() / "elasticsearch.yml", "xpack.security.enabled: true\n");
  node.environment["ELASTIC_PASSWORD"] = "first-password";
  CHECK(node.start({"eswrapper"}).exit_code == 0);
  CHECK(secrets_of(node).at("bootstrap.password") == "first-password");
  const auto before = node.snapshot();
  node.environment["ELASTIC_PASSWORD"] = "second-password";  // the first one stays
  node.forget_record();
  CHECK(node.start({"eswrapper"}).exit_code == 0);
  CHECK(secrets_of(node).at("bootstrap.password") == "first-password");
  CHECK(node.snapshot() == before);

  StandInNode without_security;
  without_security.put(without_security.config() / "elasticsearch.yml",
                       "xpack.security.enabled: false\n");
  without_security.environment["ELASTIC_PASSWORD"] = "unused-password";
  CHECK(without_security.start({"eswrapper"}).exit_code == 0);
  CHECK_FALSE(secrets_of(without_security).contains("bootstrap.password"));
}

TEST_CASE("the passphrase of the keystore comes from a variable, a file or a systemd credential") {
  test_support::ConfiguredNode node;
  node.script("ready");
  node.put(node.config() / "elasticsearch.keystore", [] {
    keystore::Entries entries;
    entries.emplace("keystore.seed", base::Secret::copy_of("a-seed-of-twenty-ch"));
    const auto sealed =
        keystore::seal(entries, base::Secret::copy_of("a passphrase"), keystore::kNewestFormat);
    const auto bytes = keystore::serialize(sealed.value());
    return std::string(bytes.begin(), bytes.end());
  }());
  node.put(node.log("keystore_passphrase"), "a passphrase\n");
  fs::permissions(node.log("keystore_passphrase"), fs::perms::owner_read);
  const std::map<std::string, std::string> sources{
      {"KEYSTORE_PASSWORD", "a passphrase"},
      {"KEYSTORE_PASSWORD_FILE", node.log("keystore_passphrase")},
      {"ES_KEYSTORE_PASSPHRASE_FILE", node.log("keystore_passphrase")},
      {"CREDENTIALS_DIRECTORY", node.log("").string()}};
  for (const auto& [name, value] : sources) {
    CAPTURE(name);
    node.forget_record();
    node.environment[name] = value;
    const auto result = node.start();
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(secrets_of(node).contains("keystore.seed"));
    node.environment.erase(name);
  }
  CHECK(node.start().exit_code != 0);
}
