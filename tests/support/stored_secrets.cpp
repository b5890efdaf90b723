#include "tests/support/stored_secrets.h"

#include <crypt.h>
#include <doctest/doctest.h>

#include "keystore/keystore.h"
#include "tests/support/file_content.h"

namespace test_support {

std::map<std::string, std::string> keystore_entries(const std::filesystem::path& path) {
  const std::string file = content(path);
  const auto sealed =
      keystore::parse({reinterpret_cast<const std::uint8_t*>(file.data()), file.size()});
  REQUIRE(sealed.ok());
  CHECK(sealed.value().format == 7);
  const auto entries = keystore::unseal(sealed.value(), base::Secret());
  REQUIRE(entries.ok());
  std::map<std::string, std::string> texts;
  for (const auto& [name, value] : entries.value()) texts[name] = value.expose();
  return texts;
}

bool hash_matches(const std::string& password, const std::string& hash) {
  crypt_data work{};
  const char* const made = crypt_r(password.c_str(), hash.c_str(), &work);
  return made != nullptr && made == hash;
}

}  // namespace test_support
