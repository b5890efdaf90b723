#pragma once

#include <string>

#include "base/result.h"
#include "base/secret.h"
#include "launcher/environment.h"

namespace launcher {

/// The secret of a file, without the line ends behind it. The permissions are those of the opened
/// file: what others may write is refused, what everybody may read is warned about (0444 on a
/// read-only mount is how orchestrators deliver secrets). `variable` is named in messages. Errors:
/// kGeneric for one that is missing, unreadable, empty or writable for others (the stock code).
base::Result<base::Secret> read_secret_of_file(const std::string& path,
                                               const std::string& variable);

/// The secret that can be read from an open descriptor up to its end. Error: kUsage.
base::Result<base::Secret> read_secret_of_fd(int fd);

/// The value of a secret that may come by <NAME> or <NAME>_FILE; both together are an error (as in
/// stock, behaviour page 1.4). Empty for neither.
base::Result<base::Secret> secret_of_variable(const std::string& name, const base::Secret& value,
                                              const Environment& environment);

/// The password for elastic that somebody supplied: ELASTIC_PASSWORD or its _FILE, `password_fd`
/// (-1: none), or $CREDENTIALS_DIRECTORY/elastic_password, in this order. Empty: nobody did.
base::Result<base::Secret> supplied_elastic_password(const EnvironmentSecrets& secrets,
                                                     const Environment& environment,
                                                     int password_fd);

/// The passphrase of the node's keystore that somebody supplied: KEYSTORE_PASSWORD or its _FILE,
/// ES_KEYSTORE_PASSPHRASE_FILE (behaviour page 1.6), or $CREDENTIALS_DIRECTORY/keystore_passphrase,
/// in this order. Empty: nobody did.
base::Result<base::Secret> supplied_keystore_passphrase(const EnvironmentSecrets& secrets,
                                                        const Environment& environment);

}  // namespace launcher
