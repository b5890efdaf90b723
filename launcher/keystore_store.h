#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/files.h"
#include "base/result.h"
#include "base/secret.h"
#include "keystore/keystore.h"

/// The keystore of one configuration directory: read, unlocked, saved.
namespace launcher {

inline constexpr const char* kKeystoreFileName = "elasticsearch.keystore";

struct KeystoreSite {
  std::string config_directory;
  int format = keystore::kNewestFormat;  ///< what the node writes, and the newest it can read

  [[nodiscard]] std::string path() const { return config_directory + "/" + kKeystoreFileName; }
};

/// The file as it was read, its entries still encrypted.
struct LockedKeystore {
  base::Secret file;
  keystore::Sealed sealed;
};

/// What a command works on. `file` is empty for a keystore that is not there yet.
struct OpenKeystore {
  base::Secret file;
  int format = 0;
  base::Secret passphrase;
  keystore::Entries entries;
};

/// Entries to set, and with nullopt to remove.
using EntryChanges = std::map<std::string, std::optional<base::Secret>>;

/// nullopt: there is no keystore. Waits for another process only where that one is just writing the
/// file in place. Errors: kIo, kInternal and what base::recover gives.
base::Result<std::optional<LockedKeystore>> read_keystore(const KeystoreSite& site);

/// One key derivation. Error: kData.
base::Result<OpenKeystore> open_keystore(LockedKeystore locked, base::Secret passphrase);

/// A keystore that is not on disk yet, with a new seed and no passphrase.
base::Result<OpenKeystore> new_keystore();

/// Saves `opened` with `changes` made to it, in the format of the site, encrypted with
/// `passphrase`: one key derivation, and one more where another process saved the keystore since it
/// was read; the changes are then made to what that one wrote, so that neither loses anything.
/// Errors: kConfig where another process created, encrypted or removed it meanwhile, and those of
/// base::commit.
base::Result<void> save_keystore(const KeystoreSite& site, const OpenKeystore& opened,
                                 const EntryChanges& changes, const base::Secret& passphrase);

/// Puts `created` in the place of whatever is there, or with `must_be_new` nowhere but in a free
/// place.
base::Result<void> replace_keystore(const KeystoreSite& site, const OpenKeystore& created,
                                    const base::Secret& passphrase, bool must_be_new);

}  // namespace launcher
