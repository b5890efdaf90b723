#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/text.h"
#include "certgen/certificate_facts.h"
#include "certgen/http_store.h"
#include "tests/support/certificate_files.h"
#include "tests/support/child_process.h"
#include "tests/support/jdks.h"
#include "tests/support/node_directories.h"
#include "tests/support/real_elasticsearch.h"

namespace fs = std::filesystem;
using test_support::ChildResult;
using test_support::NodeDirectories;
using test_support::read_whole_file;

namespace {

constexpr base::UnixSeconds kDay = 86400;

certgen::HttpStore http_store(const NodeDirectories& node) {
  auto entries =
      certgen::read_pkcs12(base::Secret::copy_of(read_whole_file(node.http_p12())).bytes(),
                           base::Secret::copy_of(node.http_password()));
  REQUIRE(entries.ok());
  auto found = certgen::find_http_identities(std::move(entries).value());
  REQUIRE(found.ok());
  return std::move(found).value();
}

bool openssl_verifies(const fs::path& ca, const std::string& leaf_pem) {
  const test_support::TempDir directory;
  test_support::write_file(directory / "leaf.pem", leaf_pem);
  return test_support::run_child({{"/usr/bin/openssl", "verify", "-CAfile", ca.string(),
                                   (directory / "leaf.pem").string()},
                                  "",
                                  {},
                                  "."})
             .exit_code == 0;
}

std::vector<std::string> names_in(const fs::path& directory) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

mode_t mode_of(const fs::path& path) {
  struct stat status{};
  REQUIRE(stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777U;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; ++at) ++found;
  return found;
}

/// "alias key-or-trusted chain-length" of the entries of a store, sorted.
std::vector<std::string> layout_of(const fs::path& store, const std::string& password) {
  const auto entries = certgen::read_pkcs12(base::Secret::copy_of(read_whole_file(store)).bytes(),
                                            base::Secret::copy_of(password));
  REQUIRE(entries.ok());
  std::vector<std::string> layout;
  for (const certgen::StoreEntry& entry : entries.value())
    layout.push_back(entry.alias + (entry.key ? " key " : " trusted ") +
                     std::to_string(entry.chain.size()));
  std::sort(layout.begin(), layout.end());
  return layout;
}

/// Runs a command that must fail, with one error sentence, and change nothing.
void check_refused(const NodeDirectories& node, const std::vector<std::string>& arguments,
                   int exit_code, const std::string& part) {
  CAPTURE(part);
  const std::string store = read_whole_file(node.http_p12());
  const std::string ca = read_whole_file(node.http_ca_crt());
  const auto names = names_in(node.certs());
  const ChildResult refused = node.esboot(arguments);
  CHECK(refused.exit_code == exit_code);
  CHECK(refused.err.starts_with("error: "));
  CHECK(count(refused.err, "error: ") == 1);
  CHECK_MESSAGE(refused.err.find(part) != std::string::npos, refused.err);
  CHECK(refused.out == "");
  CHECK(read_whole_file(node.http_p12()) == store);
  CHECK(read_whole_file(node.http_ca_crt()) == ca);
  CHECK(names_in(node.certs()) == names);
}

}  // namespace

TEST_CASE("certs show lists every certificate of the node") {
  const NodeDirectories node(base::now());
  const ChildResult table = node.esboot({"certs", "show"});
  CHECK(table.exit_code == 0);
  const auto lines = base::split(table.out, '\n');
  REQUIRE(lines.size() == 6);
  CHECK(lines[1].starts_with("http       http_ca "));
  CHECK(lines[2].starts_with("http       http "));
  CHECK(lines[2].ends_with("CN=node-1, localhost, 127.0.0.1"));
  CHECK(lines[4].find("transport_ca (no key)") != std::string::npos);
  const ChildResult json = node.esboot({"certs", "show", "--json"});
  CHECK(count(json.out, "\"sha256\":") == 4);
  CHECK(json.out.find("\"names\":[\"localhost\",\"127.0.0.1\"]") != std::string::npos);
}

TEST_CASE("certs check exits with 0, 1 and 2, and says which certificate it is") {
  const NodeDirectories fresh(base::now());
  const ChildResult fine = fresh.esboot({"certs", "check"});
  CHECK(fine.exit_code == 0);
  CHECK(fine.out + fine.err == "");

  const NodeDirectories ageing(base::now() - 680 * kDay);
  const ChildResult soon = ageing.esboot({"certs", "check"});
  CHECK(soon.exit_code == 1);
  CHECK(soon.err.starts_with("warning: http certificate http (CN=node-1) ends on "));
  CHECK(count(soon.err, "\n") == 1);
  CHECK(ageing.esboot({"certs", "check", "--days", "40"}).exit_code == 0);

  const NodeDirectories old(base::now() - 731 * kDay);
  const ChildResult expired = old.esboot({"certs", "check", "--prometheus"});
  CHECK(expired.exit_code == 2);
  CHECK(expired.err.find("has expired on") != std::string::npos);
  CHECK(count(expired.out, "esboot_certificate_not_after_seconds{layer=") == 4);
}

TEST_CASE("certs renew replaces the HTTP certificate and nothing else") {
  const NodeDirectories node(base::now() - 400 * kDay);
  fs::permissions(node.http_p12(), fs::perms(0640));
  const certgen::HttpStore before = http_store(node);
  const std::string ca = read_whole_file(node.http_ca_crt());
  const std::string transport = read_whole_file(node.certs() / "transport.p12");
  const ChildResult renewed =
      node.esboot({"certs", "renew", "--san", "new.example", "--san", "::1"});
  CHECK_MESSAGE(renewed.exit_code == 0, renewed.err);
  CHECK(renewed.out.starts_with("renewed: CN=node-1 until "));
  const certgen::HttpStore after = http_store(node);
  CHECK(certgen::is_same(after.ca.certificate, before.ca.certificate));
  CHECK_FALSE(certgen::is_same(after.node.certificate, before.node.certificate));
  const certgen::CertificateFacts facts = certgen::facts_of(after.node.certificate);
  CHECK(facts.names.size() == 4);
  CHECK(facts.names.back().value == "::1");
  CHECK(facts.not_after > base::now() + 690 * kDay);
  CHECK(openssl_verifies(node.http_ca_crt(),
                         certgen::certificate_pem(after.node.certificate).value()));
  CHECK(read_whole_file(node.http_ca_crt()) == ca);
  CHECK(read_whole_file(node.certs() / "transport.p12") == transport);
  CHECK(mode_of(node.http_p12()) == 0640);
  CHECK(names_in(node.certs()) ==
        std::vector<std::string>{"http.p12", "http_ca.crt", "transport.p12"});
  CHECK(node.esboot({"certs", "renew", "--replace-sans", "--san", "only.example"}).exit_code == 0);
  CHECK(certgen::facts_of(http_store(node).node.certificate).names.size() == 1);
}

TEST_CASE("certs renew --ca keeps the old CA for as long as asked") {
  const NodeDirectories node(base::now() - 2000 * kDay);
  const std::string old_leaf = certgen::certificate_pem(http_store(node).node.certificate).value();
  const std::string old_ca = read_whole_file(node.http_ca_crt());
  const ChildResult renewed = node.esboot({"certs", "renew", "--ca", "--keep-old-ca"});
  CHECK_MESSAGE(renewed.exit_code == 0, renewed.err);
  const certgen::HttpStore after = http_store(node);
  CHECK(renewed.out.find(certgen::facts_of(after.ca.certificate).sha256_hex) != std::string::npos);
  const std::string both = read_whole_file(node.http_ca_crt());
  CHECK(both == certgen::certificate_pem(after.ca.certificate).value() + old_ca);
  CHECK(openssl_verifies(node.http_ca_crt(),
                         certgen::certificate_pem(after.node.certificate).value()));
  CHECK(node.esboot({"certs", "renew", "--ca"}).exit_code == 0);
  CHECK(count(read_whole_file(node.http_ca_crt()), "BEGIN CERTIFICATE") == 1);
}

TEST_CASE("bad input is refused with one sentence and changes nothing") {
  const NodeDirectories node(base::now());
  check_refused(node, {"certs", "renew", "--san", "n\xC3\xB6"}, 78, "no certificate can carry");
  check_refused(node, {"certs", "renew", "--keep-old-ca"}, 64, "--ca");
  check_refused(node, {"certs"}, 64, "subcommand");
  const std::string good = read_whole_file(node.http_p12());
  test_support::write_file(node.http_p12(), good.substr(0, good.size() / 2));
  check_refused(node, {"certs", "renew"}, 74, "not a PKCS#12 store");
  check_refused(node, {"certs", "check"}, 74, "http.p12");
  fs::copy_file(node.certs() / "transport.p12", node.http_p12(),
                fs::copy_options::overwrite_existing);
  check_refused(node, {"certs", "show"}, 65, "the password does not open");
  node.write_keystore(node.transport_password(), node.transport_password(), "");
  check_refused(node, {"certs", "renew"}, 78, "no CA key");

  const NodeDirectories expired(base::now() - 1100 * kDay);
  check_refused(expired, {"certs", "renew"}, 78, "the HTTP CA has expired");
  fs::remove(expired.config() / "elasticsearch.keystore");
  check_refused(expired, {"certs", "show"}, 78, "xpack.security.http.ssl.keystore.secure_password");
}

TEST_CASE("a keystore with a passphrase needs it") {
  const NodeDirectories node(base::now(), "open sesame");
  check_refused(node, {"certs", "show"}, 64, "passphrase");
  test_support::write_file(node.config() / "phrase", "open sesame\n");
  CHECK(node.esboot({"certs", "show", "--passphrase-file", (node.config() / "phrase").string()})
            .exit_code == 0);
}

TEST_CASE("certs export writes PEM, and keys only for their owner") {
  const NodeDirectories node(base::now());
  CHECK(node.esboot({"certs", "export"}).out == read_whole_file(node.http_ca_crt()));
  const ChildResult chain = node.esboot({"certs", "export", "chain"});
  CHECK(count(chain.out, "BEGIN CERTIFICATE") == 2);
  const std::string key = (node.config() / "key.pem").string();
  CHECK(node.esboot({"certs", "export", "key", "--out", key}).exit_code == 0);
  CHECK(mode_of(key) == 0600);
  CHECK(read_whole_file(key).starts_with("-----BEGIN PRIVATE KEY-----\n"));
  const std::string before = read_whole_file(key);
  const ChildResult again = node.esboot({"certs", "export", "ca", "--out", key});
  CHECK(again.exit_code != 0);
  CHECK(read_whole_file(key) == before);
}

TEST_CASE("certs issue makes a CA and transport certificates for a cluster") {
  const NodeDirectories node(base::now());
  const fs::path out = node.config() / "issued";
  const std::string password_file = (node.config() / "pw").string();
  test_support::write_file(password_file, "secret-1\n");
  const std::vector<std::string> common{"--out",       out.string(), "--password-file",
                                        password_file, "--key-type", "p256"};
  std::vector<std::string> first{"certs", "issue", "a:a.example,192.0.2.1", "b"};
  first.insert(first.end(), common.begin(), common.end());
  const ChildResult issued = node.esboot(first);
  CHECK_MESSAGE(issued.exit_code == 0, issued.err);
  CHECK(names_in(out) == std::vector<std::string>{"a.p12", "b.p12", "ca.p12"});
  const auto store =
      certgen::read_pkcs12(base::Secret::copy_of(read_whole_file(out / "a.p12")).bytes(),
                           base::Secret::copy_of("secret-1"));
  REQUIRE(store.ok());
  REQUIRE(store.value().size() == 2);
  CHECK(store.value()[0].alias == "a");
  CHECK(store.value()[0].chain.size() == 2);
  CHECK(certgen::facts_of(store.value()[0].chain[0]).names.size() == 2);
  CHECK(store.value()[1].alias == "ca");

  CHECK(node.esboot(first).exit_code == 73);
  std::vector<std::string> second{"certs", "issue", "c", "--ca", (out / "ca.p12").string()};
  second.insert(second.end(), common.begin(), common.end());
  CHECK(node.esboot(second).exit_code == 0);
  CHECK(names_in(out) == std::vector<std::string>{"a.p12", "b.p12", "c.p12", "ca.p12"});
  for (const std::string bad : {"../x", "ca", "", ".x"}) {
    std::vector<std::string> refused{"certs", "issue", bad};
    refused.insert(refused.end(), common.begin(), common.end());
    CHECK(node.esboot(refused).exit_code == 64);
  }
}

TEST_CASE("certs issue in PEM form is what openssl verifies") {
  const NodeDirectories node(base::now());
  const fs::path out = node.config() / "issued";
  CHECK(node.esboot({"certs", "issue", "a", "--out", out.string(), "--format", "pem", "--key-type",
                     "p384"})
            .exit_code == 0);
  CHECK(names_in(out) == std::vector<std::string>{"a.crt", "a.key", "ca.crt", "ca.key"});
  CHECK(openssl_verifies(out / "ca.crt", read_whole_file(out / "a.crt")));
  CHECK(mode_of(out / "a.key") == 0600);
}

TEST_CASE("certs issue continues a CA of elasticsearch-certutil, with the same entries") {
  const auto home = test_support::es_home("8.19.21");
  const auto jdk = test_support::jdk_for("8.19.21");
  if (!home || !jdk)
    return test_support::report_skip("certs issue and certutil",
                                     "Elasticsearch 8.19.21 or a JDK for it cannot be had");
  const NodeDirectories node(base::now());
  const fs::path ca = node.config() / "ca.p12";
  const fs::path theirs = node.config() / "n.p12";
  const fs::path out = node.config() / "issued";
  const std::string password_file = (node.config() / "pw").string();
  test_support::write_file(password_file, "secret-1");
  const auto certutil = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), (*home / "bin/elasticsearch-certutil").string());
    return test_support::run_child({arguments, "", {{"ES_JAVA_HOME", jdk->string()}}, "/"});
  };
  REQUIRE(certutil({"ca", "--out", ca.string(), "--pass", "secret-1"}).exit_code == 0);
  REQUIRE(certutil({"cert", "--ca", ca.string(), "--ca-pass", "secret-1", "--name", "n", "--dns",
                    "n.example", "--out", theirs.string(), "--pass", "secret-1"})
              .exit_code == 0);
  const ChildResult issued = node.esboot({"certs", "issue", "n:n.example", "--ca", ca.string(),
                                          "--password-file", password_file, "--out", out.string()});
  CHECK_MESSAGE(issued.exit_code == 0, issued.err);
  CHECK(layout_of(out / "n.p12", "secret-1") == layout_of(theirs, "secret-1"));
  CHECK(layout_of(theirs, "secret-1") == std::vector<std::string>{"ca trusted 1", "n key 2"});
  CHECK(mode_of(out / "n.p12") == 0600);
}
