// What the options for certificates make of a first start, with the shipped binary and the stand-in
// JVM.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <set>
#include <string>

#include "tests/support/certificate_files.h"
#include "tests/support/child_process.h"
#include "tests/support/file_content.h"
#include "tests/support/server_args_decoder.h"
#include "tests/support/stand_in_node.h"

namespace {

namespace fs = std::filesystem;
using test_support::contains;
using test_support::read_whole_file;
using test_support::run_child;
using test_support::StandInNode;

mode_t mode_of(const fs::path& path) {
  struct stat status{};
  REQUIRE(stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777U;
}

std::set<std::string> names_in(const fs::path& directory) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory))
    names.insert(entry.path().filename().string());
  return names;
}

std::string openssl(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "/usr/bin/openssl");
  const auto result = run_child({arguments, "", {}, "/"});
  CHECK_MESSAGE(result.exit_code == 0, result.err);
  return result.out;
}

std::string certificate_text(const fs::path& file) {
  return openssl({"x509", "-in", file.string(), "-noout", "-text"});
}

/// The public key of a certificate or of a private key, as PEM.
std::string public_key(const std::string& kind, const fs::path& file) {
  return kind == "x509" ? openssl({"x509", "-in", file.string(), "-noout", "-pubkey"})
                        : openssl({"pkey", "-in", file.string(), "-pubout"});
}

}  // namespace

TEST_CASE("--format pem: keys and certificates in files, named in the yml, no passwords") {
  StandInNode node;
  node.environment["ES_EXTRA_SANS"] = "192.0.2.77, from.variable";
  const auto result = node.start(
      {"--format", "pem", "--key-type=p256", "--san", "from.option", "--san=2001:db8::9"});
  REQUIRE_MESSAGE(result.exit_code == 0, result.err);
  const fs::path certs = node.config() / "certs";
  CHECK(names_in(certs) == std::set<std::string>{"http.crt", "http.key", "http_ca.crt",
                                                 "http_ca.key", "transport.crt", "transport.key",
                                                 "transport_ca.crt"});
  for (const char* const name : {"http", "http_ca", "transport"}) {
    CAPTURE(name);
    const fs::path key = certs / (std::string(name) + ".key");
    const fs::path certificate = certs / (std::string(name) + ".crt");
    CHECK(mode_of(key) == 0600);
    CHECK(mode_of(certificate) == 0660);
    CHECK(public_key("pkey", key) == public_key("x509", certificate));
  }
  for (const std::string layer : {"http", "transport"})
    openssl({"verify", "-CAfile", (certs / (layer + "_ca.crt")).string(),
             (certs / (layer + ".crt")).string()});
  const std::string text = certificate_text(certs / "http.crt");
  for (const char* const name : {"DNS:from.option", "DNS:from.variable", "IP Address:192.0.2.77",
                                 "IP Address:2001:DB8:0:0:0:0:0:9", "DNS:localhost"})
    CHECK_MESSAGE(contains(text, name), text);
  CHECK(contains(text, "prime256v1"));

  const auto args = test_support::decode_server_args(node.record().stdin_bytes).value();
  for (const auto& [name, value] : args.secrets) CHECK_FALSE(contains(name, "ssl"));
  CHECK(contains(read_whole_file(node.config() / "elasticsearch.yml"), "  key: certs/http.key\n"));

  // A later start takes the node as it is.
  const auto before = node.snapshot();
  const auto again = node.start();
  CHECK(again.exit_code == 0);
  CHECK(again.err == "");
  CHECK(node.snapshot() == before);
}

TEST_CASE("--key-type and --key-search reach the certificates of a first start") {
  StandInNode curve;
  REQUIRE(curve.start({"--key-type=p384"}).exit_code == 0);
  CHECK(contains(certificate_text(curve.config() / "certs/http_ca.crt"), "secp384r1"));
  CHECK(fs::exists(curve.config() / "certs/http.p12"));
  StandInNode openssl_search;
  REQUIRE(openssl_search.start({"--key-search=openssl"}).exit_code == 0);
  CHECK(contains(certificate_text(openssl_search.config() / "certs/http_ca.crt"), "(4096 bit)"));
}

TEST_CASE("a malformed extra name ends the start with 64 before anything is made") {
  for (const bool by_variable : {true, false}) {
    CAPTURE(by_variable);
    StandInNode node;
    if (by_variable) node.environment["ES_EXTRA_SANS"] = "good.example,192.0.2.300";
    const auto before = node.snapshot();
    const auto result =
        by_variable ? node.start() : node.start({"--san", "good.example", "--san", "192.0.2.300"});
    CHECK(result.exit_code == 64);
    CHECK(contains(result.err, "'192.0.2.300' is neither an IP address nor a DNS name"));
    CHECK(node.snapshot() == before);
    CHECK_FALSE(node.record().complete);
  }
}
