// The server's own KeyStoreWrapper reads what we write and writes what we read.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/plain_store.h"
#include "tests/support/real_elasticsearch.h"
#include "tests/support/temp_dir.h"

namespace fs = std::filesystem;
using test_support::PlainStore;

namespace {

struct OracleVersion {
  const char* version;
  int format;  ///< that it writes
  std::size_t
      format5_count;      ///< stores of the older format 5 that it shall read: their keys are cheap
  std::size_t own_count;  ///< stores of its own format, in each direction
};

std::string directory_name(std::size_t index) {
  const std::string digits = std::to_string(index);
  return "store" + std::string(5 - digits.size(), '0') + digits;
}

void prepare(const fs::path& directory, const PlainStore& store) {
  fs::create_directories(directory);
  if (!store.passphrase.empty()) test_support::put_file(directory / "passphrase", store.passphrase);
}

void check_read_by_esboot(const fs::path& directory, const PlainStore& store) {
  CAPTURE(directory.string());
  const auto read =
      test_support::load_store(directory / "elasticsearch.keystore", store.passphrase);
  REQUIRE(read.has_value());
  CHECK(read->format == store.format);
  CHECK(read->listing() == store.listing());
}

/// The compiled oracle for one version, or the reason why there is none.
class Oracle {
 public:
  explicit Oracle(const std::string& version) {
    const auto jdk = test_support::jdk_for(version);
    const auto home = test_support::es_home(version);
    if (!jdk) {
      missing_ = "no JDK for Elasticsearch " + version;
    } else if (!home) {
      missing_ = "Elasticsearch " + version + " could not be fetched";
    } else {
      java_ = (*jdk / "bin/java").string();
      class_path_ = classes_.path().string() + ":" + (*home / "lib/*").string();
      const std::string errors =
          test_support::compile_java(*jdk, *home / "lib", "KeystoreOracle", classes_.path());
      CHECK_MESSAGE(errors.empty(), errors);
    }
  }

  [[nodiscard]] const std::string& missing() const { return missing_; }

  [[nodiscard]] std::string run(const std::string& verb, const fs::path& root) const {
    const auto done = test_support::run_child(
        {{java_, "-Xmx256m", "-cp", class_path_, "KeystoreOracle", verb, root.string()},
         "",
         {},
         "."});
    CHECK_MESSAGE(done.exit_code == 0, done.err);
    return done.out;
  }

 private:
  test_support::TempDir classes_;
  std::string java_;
  std::string class_path_;
  std::string missing_;
};

std::vector<PlainStore> generate(const OracleVersion& version, std::size_t format5_count) {
  test_support::StoreGenerator generator(20260101U + static_cast<unsigned>(version.format));
  std::vector<PlainStore> stores;
  stores.reserve(format5_count + version.own_count);
  for (std::size_t i = 0; i < format5_count; ++i) stores.push_back(generator.next(5));
  for (std::size_t i = 0; i < version.own_count; ++i)
    stores.push_back(generator.next(version.format));
  return stores;
}

void check_java_reads_esboot(const OracleVersion& version, const Oracle& oracle) {
  const test_support::TempDir root;
  std::string expected;
  const auto stores = generate(version, version.format5_count);
  for (std::size_t i = 0; i < stores.size(); ++i) {
    const std::string name = directory_name(i);
    prepare(root / name, stores[i]);
    test_support::save_store(root / name / "elasticsearch.keystore", stores[i]);
    expected += "STORE " + name + " " + std::to_string(stores[i].format) +
                (stores[i].passphrase.empty() ? " false\n" : " true\n") + stores[i].listing();
  }
  const std::string seen = oracle.run("read", root.path());
  // Not CHECK(seen == expected): doctest would print megabytes.
  const auto differs = std::mismatch(seen.begin(), seen.end(), expected.begin(), expected.end());
  const bool same = seen == expected;
  CHECK_MESSAGE(same, "from here on: " << std::string(differs.first, seen.end()).substr(0, 200));
}

void check_esboot_reads_java(const OracleVersion& version, const Oracle& oracle) {
  const test_support::TempDir root;
  const auto stores = generate(version, 0);
  for (std::size_t i = 0; i < stores.size(); ++i) {
    prepare(root / directory_name(i), stores[i]);
    test_support::put_file(root / directory_name(i) / "entries", stores[i].listing());
  }
  const std::string seen = oracle.run("write", root.path());
  CHECK_MESSAGE(seen.find("FAILED") == std::string::npos, seen);
  for (std::size_t i = 0; i < stores.size(); ++i)
    check_read_by_esboot(root / directory_name(i), stores[i]);
}

void check_both_directions(const OracleVersion& version) {
  const Oracle oracle(version.version);
  if (!oracle.missing().empty()) {
    test_support::report_skip(std::string("keystore oracle ") + version.version, oracle.missing());
    return;
  }
  check_java_reads_esboot(version, oracle);
  check_esboot_reads_java(version, oracle);
}

}  // namespace

TEST_CASE("keystore oracle: KeyStoreWrapper of 8.3.3 and esboot read each other's stores") {
  check_both_directions({"8.3.3", 5, 0, 120});
}

TEST_CASE("keystore oracle: KeyStoreWrapper of 8.15.5 and esboot read each other's stores") {
  check_both_directions({"8.15.5", 6, 80, 10});
}

TEST_CASE("keystore oracle: KeyStoreWrapper of 8.19.21 and esboot read each other's stores") {
  check_both_directions({"8.19.21", 7, 80, 10});
}

TEST_CASE("keystore oracle: KeyStoreWrapper of 9.5.3 and esboot read each other's stores") {
  check_both_directions({"9.5.3", 7, 80, 10});
}
