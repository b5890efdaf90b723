#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "base/files.h"
#include "certgen/pkcs12.h"
#include "tests/fuzz/pkcs12_fuzz.h"

namespace {

const std::filesystem::path kCorpus =
    std::filesystem::path(ESBOOT_SOURCE_DIR) / "tests/fuzz/pkcs12_corpus";

base::Secret content(const std::string& name) {
  auto bytes = base::read_secret_file((kCorpus / name).string(), certgen::kLargestStoreBytes);
  REQUIRE(bytes.ok());
  return std::move(bytes).value();
}

/// The error of a store that the reader must refuse.
base::Error refused(const std::string& name, bool only_certificates) {
  const auto password = base::Secret::copy_of("fuzz");
  const base::Secret bytes = content(name);
  const auto read = only_certificates ? certgen::read_pkcs12_certificates(bytes.bytes(), password)
                                      : certgen::read_pkcs12(bytes.bytes(), password);
  REQUIRE_FALSE(read.ok());
  return read.error();
}

}  // namespace

TEST_CASE("pkcs12: the corpus of the fuzz target replays") {
  int replayed = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kCorpus)) {
    CAPTURE(entry.path().string());
    const base::Secret whole = content(entry.path().filename().string());
    fuzz_pkcs12(whole.bytes());
    for (std::size_t size = 0; size < whole.size(); ++size) fuzz_pkcs12(whole.bytes().first(size));
    ++replayed;
  }
  CHECK(replayed > 8);
}

TEST_CASE("pkcs12: a store without encryption survives a change of any byte") {
  const base::Secret whole = content("plain_bags");
  CHECK(fuzz_pkcs12(whole.bytes()) == 2);
  int still_read = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    base::Secret changed = whole.clone();
    changed.writable_bytes()[at] ^= 0x55U;
    if (fuzz_pkcs12(changed.bytes()) > 0) ++still_read;
  }
  // Salt, MAC, names and signatures can be anything; the frame cannot.
  CHECK(still_read > 0);
  CHECK(still_read < static_cast<int>(whole.size()));
}

TEST_CASE("pkcs12: stores of openssl are read, encrypted in the new way, the old way, or not") {
  const auto password = base::Secret::copy_of("fuzz");
  for (const char* name : {"plain_bags", "pbes2", "pbes1"}) {
    CAPTURE(name);
    const base::Secret bytes = content(name);
    const auto read = certgen::read_pkcs12(bytes.bytes(), password);
    REQUIRE(read.ok());
    REQUIRE(read.value().size() == 1);
    CHECK(read.value()[0].alias == "http");
    CHECK(read.value()[0].key != nullptr);
    CHECK(read.value()[0].chain.size() == 2);
  }
}

TEST_CASE("pkcs12: a store that would keep the reader busy for long is refused at once") {
  struct Case {
    const char* name;
    bool only_certificates;
  };
  for (const Case& each : {Case{"mac_iterations", false}, Case{"key_iterations", false},
                           Case{"pbes1_iterations", false}, Case{"cert_iterations", true},
                           Case{"cert_iterations", false}, Case{"scrypt", true}}) {
    CAPTURE(each.name);
    const base::Error error = refused(each.name, each.only_certificates);
    CHECK(error.kind == base::ErrorKind::kIo);
    CHECK(error.message.find("10000000 iterations") != std::string::npos);
  }
  CHECK(refused("empty_part", true).message.find("empty") != std::string::npos);
  CHECK(refused("no_mac", true).message.find("nothing protects it") != std::string::npos);
}
