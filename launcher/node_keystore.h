#pragma once

#include <optional>
#include <string>

#include "base/files.h"
#include "base/result.h"
#include "base/secret.h"
#include "keystore/keystore.h"

namespace launcher {

/// The keystore of the node, decrypted. Without a file it is empty but for a new seed.
struct NodeKeystore {
  bool on_disk = false;
  keystore::Entries entries;
  base::Secret passphrase;
  /// As it is on disk, or would be; nullopt for one that is in memory only.
  std::optional<keystore::Sealed> sealed;
};

/// Reads and decrypts <config>/elasticsearch.keystore: one key derivation. `newest_format` is the
/// newest that this Elasticsearch reads. The passphrase, where it has one, is `given`, or asked
/// for. Errors: kIo where it exists but cannot be read or is no keystore, kInternal for a wrong
/// passphrase (the codes of the stock launcher).
base::Result<NodeKeystore> open_node_keystore(const std::string& path, const base::Secret& given,
                                              int newest_format);

/// The entries of auto-configuration (behaviour page 4.5).
inline constexpr const char* kHttpPassword = "xpack.security.http.ssl.keystore.secure_password";
inline constexpr const char* kTransportPassword =
    "xpack.security.transport.ssl.keystore.secure_password";
inline constexpr const char* kTransportTrustPassword =
    "xpack.security.transport.ssl.truststore.secure_password";
inline constexpr const char* kEncryptionActive = "cluster.state.encryption.active_password_id";
inline constexpr const char* kEncryptionPassword =
    "cluster.state.encryption.password.autoconfigured";
inline constexpr const char* kPasswordHashEntry = "autoconfiguration.password_hash";
inline constexpr const char* kBootstrapPasswordEntry = "bootstrap.password";
/// Whether the keystore says what the first password of elastic is.
[[nodiscard]] bool settles_elastic_password(const NodeKeystore& keystore);

/// Whether the server of a version with this format would have the file rewritten: it is older, or
/// has no seed.
[[nodiscard]] bool is_outdated(const NodeKeystore& keystore, int format);

/// Encrypts the entries in `format` with the passphrase it has; the file's new bytes.
base::Result<base::Secret> seal_node_keystore(NodeKeystore* keystore, int format);

}  // namespace launcher
