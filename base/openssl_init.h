#pragma once

namespace base {

/// Starts OpenSSL without reading its configuration file, once; later calls cost one atomic read.
/// Everything that calls OpenSSL calls this first: openssl.cnf could otherwise replace algorithms
/// behind our back, and costs file reads that a start does not need.
void init_openssl();

}  // namespace base
