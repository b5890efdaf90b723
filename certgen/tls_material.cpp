#include "certgen/tls_material.h"

namespace certgen {

base::Result<TlsMaterial> make_tls_material(const TlsRequest&) {
  return base::Error{base::ErrorKind::kInternal, "no TLS material can be made yet", "", 0};
}

}  // namespace certgen
