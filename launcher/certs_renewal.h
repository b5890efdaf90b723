#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "certgen/http_store.h"
#include "launcher/certs_site.h"

namespace launcher {

/// How the HTTP certificate shall be replaced.
struct CertsRenewal {
  bool new_ca = false;
  bool keep_old_ca = false;    ///< http_ca.crt carries the old CA beside the new one
  bool replace_names = false;  ///< else the names of the old certificate stay
  std::vector<certgen::SubjectAltName> names;
  int valid_days = 0;
  certgen::KeySearch key_search = certgen::KeySearch::kParallel;
  base::UnixSeconds now = 0;
  certgen::OnKey on_key;
};

/// As renew_http_certificate, for a caller that holds the lock of the configuration directory.
base::Result<certgen::Renewal> renew_under_lock(const CertsStore& http,
                                                const CertsRenewal& renewal);

/// Replaces http.p12 (under its old password) and, with a new CA, http_ca.crt beside it; both or
/// none. Holds the lock of the configuration directory. A running node reads the new file by
/// itself. Errors: kConfig where the store cannot issue certificates or somebody has changed it
/// meanwhile, and those of reading and committing.
base::Result<certgen::Renewal> renew_http_certificate(const CertsSite& site,
                                                      const CertsRenewal& renewal);

}  // namespace launcher
