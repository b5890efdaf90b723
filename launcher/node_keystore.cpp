#include "launcher/node_keystore.h"

#include "launcher/console.h"

namespace launcher {
namespace {

base::Error named(base::Error error, const std::string& path) {
  error.message = path + ": " + error.message;
  return error;
}

base::Result<void> add_seed_if_missing(keystore::Entries* entries) {
  if (entries->contains(std::string(keystore::kSeedName))) return {};
  BASE_TRY(base::Secret seed, keystore::make_seed());
  entries->emplace(keystore::kSeedName, std::move(seed));
  return {};
}

}  // namespace

base::Result<NodeKeystore> open_node_keystore(const std::string& path, const base::Secret& given,
                                              int newest_format) {
  NodeKeystore keystore;
  if (base::facts_of(path).type == base::FileType::kMissing) {
    BASE_CHECK(add_seed_if_missing(&keystore.entries));
    return keystore;
  }
  auto read = base::read_secret_file(path, keystore::kMaxFileSizeBytes);
  if (!read && read.error().hint.empty())
    read.error().hint = "put the keystore file there, or nothing";
  BASE_TRY(const base::Secret file, std::move(read));
  auto sealed = keystore::parse(file.bytes(), newest_format);
  if (!sealed) {
    base::Error error = named(std::move(sealed).error(), path);
    error.kind = base::ErrorKind::kIo;
    if (error.hint.empty())
      error.hint = "restore it from a backup, or move it away to start without";
    return error;
  }
  keystore.on_disk = true;
  keystore.sealed = std::move(sealed).value();
  if (keystore.sealed->has_passphrase) {
    if (given.empty()) {
      BASE_TRY(keystore.passphrase,
               console::read_secret("Password of the elasticsearch keystore: "));
    } else {
      keystore.passphrase = given.clone();
    }
  }
  auto entries = keystore::unseal(*keystore.sealed, keystore.passphrase);
  if (!entries) {
    base::Error error = named(std::move(entries).error(), path);
    if (error.kind == base::ErrorKind::kData) error.kind = base::ErrorKind::kInternal;
    return error;
  }
  keystore.entries = std::move(entries).value();
  return keystore;
}

bool settles_elastic_password(const NodeKeystore& keystore) {
  return keystore.entries.contains(kPasswordHashEntry) ||
         keystore.entries.contains(kBootstrapPasswordEntry);
}

bool is_outdated(const NodeKeystore& keystore, int format) {
  return !keystore.sealed || keystore.sealed->format < format ||
         !keystore.entries.contains(std::string(keystore::kSeedName));
}

base::Result<base::Secret> seal_node_keystore(NodeKeystore* keystore, int format) {
  BASE_CHECK(add_seed_if_missing(&keystore->entries));
  BASE_TRY(keystore->sealed, keystore::seal(keystore->entries, keystore->passphrase, format));
  return base::Secret::copy_of(keystore::serialize(*keystore->sealed));
}

}  // namespace launcher
