#include "launcher/keystore_store.h"

#include <cerrno>

#include "base/change_set.h"
#include "launcher/configuration_lock.h"

namespace launcher {
namespace {

base::Result<std::optional<base::Secret>> read_if_present(const KeystoreSite& site) {
  auto file = base::read_secret_file(site.path(), keystore::kMaxFileSizeBytes);
  if (file.ok()) return std::optional<base::Secret>(std::move(file).value());
  if (file.error().sys_errno == ENOENT) return std::optional<base::Secret>();
  return file.error();
}

base::Error changed_meanwhile(const KeystoreSite& site, const std::string& how) {
  return {base::ErrorKind::kConfig, "another process has " + how + " " + site.path() + " meanwhile",
          "nothing was changed: run the command again", 0};
}

base::Result<void> write_under_lock(const KeystoreSite& site, const keystore::Entries& entries,
                                    const base::Secret& passphrase, bool must_be_new) {
  BASE_TRY(const keystore::Sealed sealed, keystore::seal(entries, passphrase, site.format));
  base::ChangeSet changes;
  changes.directory = site.config_directory;
  changes.files.push_back(
      {kKeystoreFileName, base::Secret::copy_of(keystore::serialize(sealed)), 0660, must_be_new});
  auto saved = commit_change(changes);
  // The class that stock gives to a directory it may not write to.
  if (!saved.ok() && saved.error().sys_errno == EACCES)
    saved.error().kind = base::ErrorKind::kConfig;
  return saved;
}

keystore::Entries copy_of(const keystore::Entries& entries) {
  keystore::Entries copy;
  for (const auto& [name, value] : entries) copy.emplace(name, value.clone());
  return copy;
}

/// The entries to change: those that were read, or those that are on disk by now.
base::Result<keystore::Entries> current_entries(const KeystoreSite& site,
                                                const OpenKeystore& opened) {
  BASE_TRY(const auto file, read_if_present(site));
  if (!file && opened.file.empty()) return copy_of(opened.entries);
  if (!file) return changed_meanwhile(site, "removed");
  if (file->equals(opened.file)) return copy_of(opened.entries);
  BASE_TRY(const keystore::Sealed sealed, keystore::parse(file->bytes(), site.format));
  auto entries = keystore::unseal(sealed, opened.passphrase);
  if (!entries.ok() && entries.error().kind == base::ErrorKind::kData)
    return changed_meanwhile(site, opened.file.empty() ? "created" : "encrypted");
  return entries;
}

/// Another user's leftovers, which we may not touch, do not keep a reader from an intact file.
base::Result<void> recover_if_allowed(const KeystoreSite& site) {
  auto recovered = base::recover(site.config_directory);
  const int why = recovered.ok() ? 0 : recovered.error().sys_errno;
  if (why == EACCES || why == EPERM || why == EROFS) return {};
  return recovered;
}

base::Result<std::optional<LockedKeystore>> read_and_parse(const KeystoreSite& site) {
  BASE_TRY(auto file, read_if_present(site));
  if (!file) return std::optional<LockedKeystore>();
  auto sealed = keystore::parse(file->bytes(), site.format);
  if (!sealed.ok()) {
    sealed.error().message = site.path() + ": " + sealed.error().message;
    return sealed.error();
  }
  return std::optional<LockedKeystore>({*std::move(file), std::move(sealed).value()});
}

}  // namespace

base::Result<std::optional<LockedKeystore>> read_keystore(const KeystoreSite& site) {
  bool undisturbed = false;
  {
    // Who may not open the directory can still read the file in it: then without the lock.
    const auto lock = base::DirectoryLock::try_acquire(site.config_directory);
    undisturbed = !lock.ok() || lock.value().has_value();
    if (lock.ok() && undisturbed) BASE_CHECK(recover_if_allowed(site));
    auto keystore = read_and_parse(site);
    if (keystore.ok() || undisturbed) return keystore;
  }
  // A file that is replaced is whole at any moment, so that nobody waits for a start that asks for
  // its passphrase. One that is just written in place is not.
  BASE_TRY(const base::DirectoryLock lock, lock_configuration(site.config_directory));
  return read_and_parse(site);
}

base::Result<OpenKeystore> open_keystore(LockedKeystore locked, base::Secret passphrase) {
  BASE_TRY(keystore::Entries entries, keystore::unseal(locked.sealed, passphrase));
  return OpenKeystore{std::move(locked.file), locked.sealed.format, std::move(passphrase),
                      std::move(entries)};
}

base::Result<OpenKeystore> new_keystore() {
  BASE_TRY(base::Secret seed, keystore::make_seed());
  OpenKeystore created;
  created.entries.emplace(keystore::kSeedName, std::move(seed));
  return created;
}

base::Result<void> save_keystore(const KeystoreSite& site, const OpenKeystore& opened,
                                 const EntryChanges& changes, const base::Secret& passphrase) {
  BASE_TRY(const base::DirectoryLock lock, lock_configuration(site.config_directory));
  BASE_CHECK(base::recover(site.config_directory));
  BASE_TRY(keystore::Entries entries, current_entries(site, opened));
  for (const auto& [name, value] : changes) {
    if (value)
      entries.insert_or_assign(name, value->clone());
    else
      entries.erase(name);
  }
  return write_under_lock(site, entries, passphrase, false);
}

base::Result<void> replace_keystore(const KeystoreSite& site, const OpenKeystore& created,
                                    const base::Secret& passphrase, bool must_be_new) {
  BASE_TRY(const base::DirectoryLock lock, lock_configuration(site.config_directory));
  BASE_CHECK(base::recover(site.config_directory));
  return write_under_lock(site, created.entries, passphrase, must_be_new);
}

}  // namespace launcher
