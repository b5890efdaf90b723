#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <regex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/text.h"
#include "certgen/certificate_facts.h"
#include "certgen/keys.h"
#include "certgen/pkcs12.h"
#include "certgen/prime_search.h"
#include "certgen/tls_material.h"
#include "tests/support/certificate_files.h"
#include "tests/support/child_process.h"
#include "tests/support/jdks.h"
#include "tests/support/real_elasticsearch.h"

using test_support::CertificateFiles;
using test_support::ChildResult;
using test_support::run_child;

namespace {

constexpr const char* kHttpCa = "CN=Elasticsearch security auto-configuration HTTP CA";
constexpr const char* kTransportCa = "CN=Elasticsearch security auto-configuration transport CA";

certgen::TlsRequest request_for(const std::string& node_name, certgen::KeyType key_type) {
  certgen::TlsRequest request;
  request.node_name = node_name;
  request.http_names = {{certgen::SubjectAltName::Kind::kIp, "127.0.0.1"},
                        {certgen::SubjectAltName::Kind::kIp, "::1"},
                        {certgen::SubjectAltName::Kind::kDns, "localhost"}};
  request.key_type = key_type;
  request.now = base::now();
  return request;
}

certgen::TlsMaterial material(const certgen::TlsRequest& request) {
  auto made = certgen::make_tls_material(request);
  REQUIRE(made.ok());
  return std::move(made).value();
}

/// RSA material, made once for all tests.
const CertificateFiles& rsa_files() {
  static const CertificateFiles files(material(request_for("node-1", certgen::KeyType::kRsa4096)));
  return files;
}

ChildResult run(std::vector<std::string> argv) {
  return run_child({std::move(argv), "", {{"LC_ALL", "C.UTF-8"}}, "."});
}

std::string java_source(const std::string& name) {
  return std::string(ESBOOT_SOURCE_DIR) + "/tests/java/" + name + ".java";
}

std::vector<std::string> matches(const std::string& text, const std::string& pattern) {
  const std::regex form(pattern);
  std::vector<std::string> found;
  for (std::sregex_iterator it(text.begin(), text.end(), form), end; it != end; ++it)
    found.push_back(it->str(1));
  return found;
}

/// "alias kind chain-length" of every entry that keytool lists.
std::vector<std::string> keytool_entries(const std::string& keytool, const std::string& store,
                                         const std::string& password) {
  const ChildResult listed = run(
      {keytool, "-J-Duser.language=en", "-list", "-v", "-keystore", store, "-storepass", password});
  CHECK_MESSAGE(listed.exit_code == 0, listed.out);
  std::vector<std::string> entries;
  std::string alias;
  for (const std::string& line : base::split(listed.out, '\n')) {
    if (line.starts_with("Alias name: ")) alias = line.substr(12);
    if (line.starts_with("Entry type: ")) entries.push_back(alias + " " + line.substr(12));
    if (line.starts_with("Certificate chain length: ")) entries.back() += " " + line.substr(26);
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

struct JavaCase {
  JavaCase(const std::string& name, std::string expected_subject, certgen::KeyType key_type)
      : files(material(request_for(name, key_type))),
        subject(std::move(expected_subject)),
        key(key_type == certgen::KeyType::kRsa4096 ? "RSA" : "EC") {}

  CertificateFiles files;
  std::string subject;  ///< of the node's certificates, as Java writes it
  std::string key;
};

std::string expected_java_lines(const JavaCase& it) {
  return "http.p12 key http " + it.key + " " + it.subject + "\nhttp.p12 key http_ca " + it.key +
         " " + kHttpCa + "\ntransport.p12 key transport " + it.key + " " + it.subject +
         "\ntransport.p12 trusted transport_ca " + kTransportCa + "\nhttp handshake TLSv1.3 " +
         it.subject + "\nhttp handshake with another name refused\n" +
         "http handshake with another CA refused\ntransport handshake TLSv1.3 " + it.subject + "\n";
}

/// One JVM for all cases.
void check_with_java(const test_support::Jdk& jdk, const std::deque<JavaCase>& cases) {
  CAPTURE(jdk.home.string());
  std::vector<std::string> argv{(jdk.home / "bin/java").string(), "-Dstdout.encoding=UTF-8",
                                "-Dfile.encoding=UTF-8", java_source("TlsStores")};
  std::string expected;
  for (const JavaCase& it : cases) {
    argv.insert(argv.end(), {it.files.directory.path().string(), it.files.http_password,
                             it.files.transport_password, "localhost"});
    expected += expected_java_lines(it);
  }
  const ChildResult seen = run(argv);
  CHECK_MESSAGE(seen.exit_code == 0, seen.err);
  CHECK(seen.out == expected);
}

}  // namespace

TEST_CASE("keytool of every JDK lists the stock aliases and entry types") {
  const auto jdks = test_support::all_jdks();
  if (jdks.empty()) return test_support::report_skip("keytool", "no JDK was found");
  for (const auto& jdk : jdks) {
    CAPTURE(jdk.home.string());
    const std::string keytool = (jdk.home / "bin/keytool").string();
    CHECK(keytool_entries(keytool, rsa_files().http_p12.string(), rsa_files().http_password) ==
          std::vector<std::string>{"http PrivateKeyEntry 2", "http_ca PrivateKeyEntry 1"});
    const auto transport = keytool_entries(keytool, rsa_files().transport_p12.string(),
                                           rsa_files().transport_password);
    REQUIRE(transport.size() == 2);
    CHECK(transport[0].starts_with("transport PrivateKeyEntry"));
    CHECK(transport[1] == "transport_ca trustedCertEntry");
  }
}

TEST_CASE("a JVM reads the stores and completes handshakes that check the chain") {
  const auto jdks = test_support::all_jdks();
  if (jdks.empty()) return test_support::report_skip("TLS handshakes", "no JDK was found");
  std::deque<JavaCase> cases;
  cases.emplace_back("node-1", "CN=node-1", certgen::KeyType::kRsa4096);
  cases.emplace_back("n", "CN=n", certgen::KeyType::kEcP256);
  cases.emplace_back("n", "CN=n", certgen::KeyType::kEcP384);
  for (const auto& jdk : jdks) check_with_java(jdk, cases);
}

TEST_CASE("a JVM sees awkward node names as one literal common name") {
  const auto jdks = test_support::all_jdks();
  if (jdks.empty()) return test_support::report_skip("awkward names", "no JDK was found");
  const std::vector<std::pair<std::string, std::string>> names{
      {"a,O=b", "CN=a\\,O\\=b"},
      {"a+b;c<d>", "CN=a\\+b\\;c\\<d\\>"},
      {"n\xC3\xB6"
       "de \xF0\x9F\x94\x91",
       "CN=n\xC3\xB6"
       "de \xF0\x9F\x94\x91"},
      {std::string(200, 'x'), "CN=" + std::string(200, 'x')}};
  std::deque<JavaCase> cases;
  for (const auto& [name, subject] : names)
    cases.emplace_back(name, subject, certgen::KeyType::kEcP256);
  check_with_java(jdks.back(), cases);
}

TEST_CASE("openssl verifies the chains and reads the stores") {
  if (run({"/usr/bin/openssl", "version"}).exit_code != 0)
    return test_support::report_skip("openssl", "the program openssl was not found");
  const CertificateFiles& files = rsa_files();
  const std::string leaf = (files.directory / "leaf.pem").string();
  const ChildResult extracted = run({"/usr/bin/openssl", "pkcs12", "-in", files.http_p12.string(),
                                     "-passin", "pass:" + files.http_password, "-nodes", "-info"});
  CHECK(extracted.exit_code == 0);
  CHECK(matches(extracted.err, "(MAC: sha256, Iteration 10000|salt length: 20)").size() == 2);
  CHECK(matches(extracted.err,
                "(Shrouded Keybag: PBES2, PBKDF2, AES-256-CBC, Iteration 10000, PRF "
                "hmacWithSHA256)")
            .size() == 2);
  CHECK(matches(extracted.err,
                "(PKCS7 Encrypted data: PBES2, PBKDF2, AES-256-CBC, Iteration 10000, PRF "
                "hmacWithSHA256)")
            .size() == 1);
  CHECK(matches(extracted.out, "friendlyName: ([^\\n]*)") ==
        std::vector<std::string>{"http_ca", "http", "http_ca", "http", kHttpCa});
  CHECK(matches(extracted.out, "localKeyID: (54 69 6D 65 20 (3\\d ){13})").size() == 4);

  const std::size_t second =
      extracted.out.find("-----BEGIN CERTIFICATE-----", extracted.out.find("subject=CN = node-1"));
  REQUIRE(second != std::string::npos);
  test_support::write_file(leaf, extracted.out.substr(second));
  const ChildResult verified =
      run({"/usr/bin/openssl", "verify", "-x509_strict", "-purpose", "sslserver",
           "-verify_hostname", "localhost", "-CAfile", files.http_ca_crt.string(), leaf});
  CHECK_MESSAGE(verified.exit_code == 0, verified.err);
  const ChildResult text = run({"/usr/bin/openssl", "x509", "-in", leaf, "-noout", "-text"});
  for (const char* expected :
       {"Version: 3", "Signature Algorithm: sha256WithRSAEncryption", "Public-Key: (4096 bit)",
        "Exponent: 65537", "IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, DNS:localhost",
        "X509v3 Basic Constraints: \n                CA:FALSE",
        "X509v3 Key Usage: critical\n                Digital Signature, Key Encipherment",
        "TLS Web Server Authentication"})
    CHECK_MESSAGE(text.out.find(expected) != std::string::npos, expected);
}

TEST_CASE("Java finds nothing wrong with two hundred keys") {
  const auto jdks = test_support::all_jdks();
  if (jdks.empty()) return test_support::report_skip("RSA keys", "no JDK was found");
  const test_support::TempDir directory;
  certgen::PrimeSearchCost cost;
  int written = 0;
  for (const auto& [bits, count] : {std::pair{1024, 192}, std::pair{4096, 8}}) {
    auto keys = certgen::search_rsa_keys(bits, count, {}, cost);
    REQUIRE(keys.ok());
    for (const certgen::PrivateKey& key : keys.value())
      test_support::write_file(directory / (std::to_string(written++) + ".der"),
                               certgen::private_key_der(key).value().expose());
  }
  const ChildResult checked = run({(jdks.back().home / "bin/java").string(), java_source("RsaKeys"),
                                   directory.path().string()});
  CHECK_MESSAGE(checked.out == "good keys: 200\n", checked.err);
}

TEST_CASE("stores of keytool are read, with every entry") {
  const auto jdks = test_support::all_jdks();
  if (jdks.empty()) return test_support::report_skip("stores of keytool", "no JDK was found");
  for (const auto& jdk : jdks) {
    CAPTURE(jdk.home.string());
    const test_support::TempDir directory;
    const std::string store = (directory / "s.p12").string();
    const std::string keytool = (jdk.home / "bin/keytool").string();
    const std::string certificate = (directory / "c.pem").string();
    REQUIRE(run({keytool, "-genkeypair", "-keyalg", "EC", "-alias", "own", "-dname", "CN=a,OU=b",
                 "-ext", "san=dns:h.example,ip:192.0.2.1", "-keystore", store, "-storepass",
                 "secret-1"})
                .exit_code == 0);
    REQUIRE(run({keytool, "-importcert", "-noprompt", "-alias", "anchor", "-file",
                 rsa_files().http_ca_crt.string(), "-keystore", store, "-storepass", "secret-1"})
                .exit_code == 0);
    const std::string bytes = test_support::read_whole_file(store);
    const auto entries = certgen::read_pkcs12(base::Secret::copy_of(bytes).bytes(),
                                              base::Secret::copy_of("secret-1"));
    REQUIRE(entries.ok());
    REQUIRE(entries.value().size() == 2);
    const auto& own = entries.value()[0];
    CHECK(own.alias == "own");
    CHECK(own.key != nullptr);
    const certgen::CertificateFacts facts = certgen::facts_of(own.chain.at(0));
    CHECK(facts.subject == "CN=a,OU=b");
    CHECK(facts.names.size() == 2);
    CHECK(entries.value()[1].alias == "anchor");
    CHECK(entries.value()[1].key == nullptr);
    CHECK(certgen::facts_of(entries.value()[1].chain.at(0)).subject == kHttpCa);
  }
}
