#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "base/secret.h"

namespace test_support {

/// One keystore in plain words: name to value in hexadecimal.
struct PlainStore {
  int format = 7;
  std::string passphrase;
  std::map<std::string, std::string> entries;

  /// A line "name hex" for each entry, as tests/java/KeystoreOracle.java prints and reads them.
  [[nodiscard]] std::string listing() const;
};

/// Seals the store and writes it to `file`.
void save_store(const std::filesystem::path& file, const PlainStore& store);

/// What `file` holds; nullopt where it is missing, broken or `passphrase` does not open it.
[[nodiscard]] std::optional<PlainStore> load_store(const std::filesystem::path& file,
                                                   const std::string& passphrase);

void put_file(const std::filesystem::path& file, std::string_view content);
[[nodiscard]] std::string file_content(const std::filesystem::path& file);

/// Makes stores that differ in everything a keystore allows, the same ones for the same seed.
class StoreGenerator {
 public:
  explicit StoreGenerator(unsigned seed) : random_(seed) {}
  PlainStore next(int format);

 private:
  std::size_t below(std::size_t limit);
  std::string name();
  std::string text(std::size_t characters);
  base::Secret value();

  std::mt19937 random_;
};

}  // namespace test_support
