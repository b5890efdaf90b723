#include "tests/support/keystore_place.h"

#include "tests/support/plain_store.h"
#include "tests/support/stand_in_node.h"

namespace test_support {

namespace fs = std::filesystem;

KeystorePlace::KeystorePlace(const std::string& version) {
  fs::create_directories(home_ / "lib");
  fs::create_directories(home_ / "config");
  put_file(home_ / "lib" / ("elasticsearch-" + version + ".jar"), "");
}

ChildRequest KeystorePlace::request(std::vector<std::string> arguments,
                                    const std::string& input) const {
  arguments.insert(arguments.begin(), {esboot_binary(), "keystore"});
  return {std::move(arguments), input, {{"ES_HOME", home_.path().string()}}, "."};
}

void KeystorePlace::store(const std::map<std::string, std::string>& entries,
                          const std::string& passphrase) const {
  save_store(keystore(), {5, passphrase, entries});
}

std::string KeystorePlace::stored(const std::string& passphrase) const {
  const auto store = load_store(keystore(), passphrase);
  if (!store) return "nothing opens it";
  std::string words;
  for (const auto& [name, hex] : store->entries) {
    words += words.empty() ? "" : " ";
    words += name;
    words += "=" + (name == "keystore.seed" ? "seed" : hex);
  }
  return words;
}

}  // namespace test_support
