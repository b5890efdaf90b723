#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "base/clock.h"
#include "tests/support/child_process.h"
#include "tests/support/file_content.h"
#include "tests/support/node_directories.h"
#include "tests/support/stand_in_node.h"

namespace {

namespace fs = std::filesystem;
using test_support::contains;
using test_support::content;
using test_support::StandInNode;

/// Configured by a first start. The keys are made once for each format.
struct ConfiguredNode : StandInNode {
  /// 8.13 writes format 5, whose key derivation costs a twentieth of that of later formats.
  explicit ConfiguredNode(const std::string& format = "p12") : StandInNode("8.13.4") {
    static StandInNode stores("8.13.4");
    static const int stores_made = stores.start({"configure", "--key-type", "p256"}).exit_code;
    static StandInNode pem("8.13.4");
    static const int pem_made =
        pem.start({"configure", "--key-type", "p256", "--format", "pem"}).exit_code;
    REQUIRE(stores_made == 0);
    REQUIRE(pem_made == 0);
    fs::remove_all(config());
    fs::copy((format == "pem" ? pem : stores).config(), config(), fs::copy_options::recursive);
    test_support::give_to_test_user(config());
  }

  void run(const std::string& commands) {
    const auto done =
        test_support::run_child({{"/bin/sh", "-ec", commands}, "", environment, config().string()});
    REQUIRE_MESSAGE(done.exit_code == 0, done.err);
  }
};

/// What breaks a node, what is said of it, and whether --repair mends it.
struct Case {
  std::string name;
  std::string breaking;  ///< shell commands in the configuration directory, as root
  std::string said;
  bool mended = true;
  std::string format = "p12";
};

const std::string kKeystore = "../bin/esboot keystore ";
const std::string kChown = "; chown -R 65534:65534 .";
const std::string kHttp = "xpack.security.http.ssl.keystore.secure_password";
const std::string kTrust = "xpack.security.transport.ssl.truststore.secure_password";

const std::vector<Case>& cases() {
  static const std::vector<Case> all{
      {"a commit that was cut off",
       "cp elasticsearch.yml elasticsearch.yml.esboot-new; "
       "printf 'file\\telasticsearch.yml.esboot-new\\telasticsearch.yml\\t\\nend\\n' "
       ">.esboot-journal" +
           kChown,
       "cut off half-way"},
      {"a renewal that was cut off", "cp certs/http.p12 certs/http.p12.esboot-new" + kChown,
       "cut off half-way"},
      {"a file that an attempt left",
       "touch certs.1.esboot-new elasticsearch.keystore.tmp" + kChown,
       "elasticsearch.keystore.tmp is left"},
      {"what the stock launcher leaves",
       "mkdir certs.1700000000.tmp; touch certs.1700000000.tmp/http.p12; "
       "cp elasticsearch.keystore elasticsearch.keystore.1700000000.orig" +
           kChown,
       "certs.1700000000.tmp is left"},
      {"entries without settings", "sed -i '/BEGIN SEC/,/END SEC/d' elasticsearch.yml",
       "but elasticsearch.yml has no xpack.security.http.ssl.keystore.path"},
      {"entries without settings and certificates",
       "sed -i '/BEGIN SEC/,/END SEC/d' elasticsearch.yml; rm -r certs",
       "but elasticsearch.yml has no xpack.security.transport.ssl.keystore.path"},
      {"settings without certificates", "rm -r certs", "certs/http.p12 is missing"},
      {"no HTTP store", "rm certs/http.p12", "certs/http.p12 is missing"},
      {"no transport store", "rm certs/transport.p12", "certs/transport.p12 is missing"},
      {"no keystore", "rm elasticsearch.keystore", "the keystore has no entry " + kHttp},
      {"no password", kKeystore + "remove " + kHttp + kChown, "the keystore has no entry " + kHttp},
      {"no password of the truststore", kKeystore + "remove " + kTrust + kChown,
       "the keystore has no entry " + kTrust},
      {"another password", "echo other | " + kKeystore + "add -x -f " + kHttp + kChown,
       "TLS of http cannot work: "},
      {"no store", "echo x >certs/transport.p12", "TLS of transport cannot work: "},
      {"no CA for clients", "rm certs/http_ca.crt", "certs/http_ca.crt is missing"},
      {"the CA of somebody else", "cp /etc/hostname certs/http_ca.crt",
       "is not the CA of http.p12"},
      {"a key that everybody reads", "chmod 0664 certs/http.p12", "mode 0664: everybody"},
      {"a keystore that everybody reads", "chmod 0644 elasticsearch.keystore",
       "mode 0644: everybody"},
      {"settings that nobody reads", "chmod 0 elasticsearch.yml", "its owner cannot read it"},
      {"no PEM certificate", "rm certs/transport.crt", "certs/transport.crt is missing", true,
       "pem"},
      {"no PEM key", "rm certs/http.key", "certs/http.key is missing", true, "pem"},
      {"a PEM key of another certificate", "cp certs/transport.key certs/http.key",
       "is not the key of", true, "pem"},
      {"broken settings", "echo 'a: [' >>elasticsearch.yml", "elasticsearch.yml", false},
      {"a broken keystore", "echo x >elasticsearch.keystore", "elasticsearch.keystore", false},
      {"no certificates on a node of a cluster",
       "echo 'discovery.seed_hosts: [a, b]' >>elasticsearch.yml; rm certs/transport.p12",
       "certs/transport.p12 is missing", false},
      {"TLS without a key",
       "sed -i '/BEGIN SEC/,/END SEC/d' elasticsearch.yml; rm -r certs elasticsearch.keystore; "
       "printf 'xpack.security.enabled: true\\nxpack.security.transport.ssl.enabled: true\\n' "
       ">>elasticsearch.yml",
       "no setting names its key", false},
  };
  return all;
}

bool has_backup(const StandInNode& node) {
  for (const auto& entry : fs::directory_iterator(node.config()))
    if (entry.path().filename().string().starts_with("before-repair.")) return true;
  return false;
}

}  // namespace

TEST_CASE("the doctor finds nothing wrong with a node that is whole, configured or not") {
  StandInNode fresh;
  const auto found = fresh.start({"doctor"});
  CHECK(found.exit_code == 0);
  CHECK(found.out == "sound\n");
  for (const char* const format : {"p12", "pem"}) {
    ConfiguredNode node(format);
    const auto before = node.snapshot();
    const auto sound = node.start({"doctor", "--repair"});
    CAPTURE(sound.out);
    CHECK(sound.exit_code == 0);
    CHECK(node.snapshot() == before);
  }
}

TEST_CASE("the doctor names each disorder, changes nothing, repairs on request, and is content") {
  int mended = 0;
  for (const Case& each : cases()) {
    ConfiguredNode node(each.format);
    node.run(each.breaking);
    const auto before = node.snapshot();
    const auto found = node.start({"doctor"});
    CAPTURE(each.name);
    CAPTURE(found.out);
    CAPTURE(found.err);
    CHECK(found.exit_code == 1);
    CHECK(contains(found.out, each.said));
    CHECK(node.snapshot() == before);
    const auto repaired = node.start({"doctor", "--repair", "--key-type", "p256"});
    CAPTURE(repaired.out);
    CAPTURE(repaired.err);
    CHECK(repaired.exit_code == (each.mended ? 2 : 1));
    if (!each.mended) {
      CHECK(node.snapshot() == before);
      continue;
    }
    const auto next = node.start({"doctor"});
    CAPTURE(next.out);
    CHECK(next.exit_code == 0);
    CHECK(node.start().exit_code == 0);
    ++mended;
  }
  MESSAGE("disorders: ", cases().size(), ", of them repaired: ", mended);
}

TEST_CASE("what a repair replaces is kept, also what can be opened by nobody") {
  ConfiguredNode node;
  node.run("echo broken >certs/transport.p12");
  const std::string http = content(node.config() / "certs/http.p12");
  CHECK(node.start({"doctor", "--repair"}).exit_code == 2);
  REQUIRE(has_backup(node));
  // What worked stays: clients keep their CA.
  CHECK(content(node.config() / "certs/http.p12") == http);
  bool kept = false;
  for (const auto& entry : fs::recursive_directory_iterator(node.config()))
    kept =
        kept || (entry.path().filename() == "transport.p12" && content(entry.path()) == "broken\n");
  CHECK(kept);
}

TEST_CASE("root gives files back to the owner of the directory, another user cannot") {
  ConfiguredNode node;
  node.run("chown 0:0 certs/http.p12; chmod 0664 certs/http.p12");
  const auto tried = node.start({"doctor", "--repair"});
  CHECK(tried.exit_code == 1);
  CHECK(contains(tried.out, "certs/http.p12 belongs to root"));
  node.run("../bin/esboot doctor --repair || test $? = 2");
  CHECK(node.start({"doctor"}).exit_code == 0);
  struct stat status{};
  REQUIRE(stat((node.config() / "certs/http.p12").c_str(), &status) == 0);
  CHECK(status.st_uid != 0);
}

TEST_CASE("certificates that end, or have ended, are found and renewed; an ended CA is replaced") {
  constexpr long kDay = 86400;
  struct Age {
    long days;
    const char* said;
  };
  for (const Age& age : {Age{715, "ends on"}, Age{740, "has expired on"}, Age{1080, "ends on"},
                         Age{1200, "has expired on"}}) {
    const test_support::NodeDirectories node(base::now() - age.days * kDay);
    CAPTURE(age.days);
    const auto found = node.esboot({"doctor"});
    CAPTURE(found.out);
    CHECK(found.exit_code == 1);
    CHECK(contains(found.out, "expiry: http certificate"));
    CHECK(contains(found.out, age.said));
    const auto repaired = node.esboot({"doctor", "--repair"});
    CAPTURE(repaired.out);
    CAPTURE(repaired.err);
    CHECK(repaired.exit_code == 2);
    CHECK(node.esboot({"doctor"}).out == "sound\n");
  }
}
