#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/temp_dir.h"

namespace test_support {

/// An ES_HOME with nothing in it but what tells its version, for `esboot keystore` to run in.
class KeystorePlace {
 public:
  /// 8.13 writes format 5, whose key derivation costs a twentieth of that of later formats.
  explicit KeystorePlace(const std::string& version = "8.13.4");

  [[nodiscard]] std::filesystem::path config() const { return home_ / "config"; }
  [[nodiscard]] std::filesystem::path keystore() const {
    return config() / "elasticsearch.keystore";
  }
  [[nodiscard]] std::filesystem::path file(const std::string& name) const { return home_ / name; }

  [[nodiscard]] ChildRequest request(std::vector<std::string> arguments,
                                     const std::string& input = "") const;
  [[nodiscard]] ChildResult run(const std::vector<std::string>& arguments,
                                const std::string& input = "") const {
    return run_child(request(arguments, input));
  }

  /// Writes a keystore of format 5; values in hexadecimal.
  void store(const std::map<std::string, std::string>& entries,
             const std::string& passphrase = "") const;
  /// "name=hex name=hex", with "seed" for the value of keystore.seed; or "nothing opens it".
  [[nodiscard]] std::string stored(const std::string& passphrase = "") const;

 private:
  TempDir home_;
};

}  // namespace test_support
