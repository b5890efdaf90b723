#pragma once

#include <sys/types.h>

#include <string>

#include "base/result.h"
#include "base/secret.h"
#include "certgen/keys.h"
#include "launcher/certs_options.h"

namespace launcher {

/// `certs issue`: a CA, unless one is given, and a certificate with its key for each node, all as
/// new files of one directory, which is made where it is missing. All are written or none. Returns
/// the exit code. Errors: kUsage for a node name that cannot be a file name or occurs twice, kData
/// and kIo for the CA file, kCannotCreate where a file exists.
base::Result<int> issue_certificates(const CertsOptions& options, const certgen::OnKey& on_key);

/// Errors: kCannotCreate where `path` exists or cannot be made, kIo.
base::Result<void> write_new_file(const std::string& path, base::Secret bytes, mode_t mode);

}  // namespace launcher
