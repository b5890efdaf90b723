#pragma once

#include <map>
#include <random>
#include <string>

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

[[nodiscard]] base::Secret from_hex(const std::string& hex);

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
