#pragma once

#include <memory>

struct asn1_object_st;
struct bignum_st;
struct bignum_ctx;
struct bio_st;
struct bn_mont_ctx_st;
struct evp_pkey_st;
struct evp_pkey_ctx_st;
struct X509_name_st;
struct x509_st;

namespace certgen {

/// Frees what OpenSSL allocated; big numbers are zeroed first.
struct OpenSslFree {
  void operator()(bignum_st* number) const noexcept;
  void operator()(bignum_ctx* context) const noexcept;
  void operator()(bio_st* bio) const noexcept;
  void operator()(bn_mont_ctx_st* context) const noexcept;
  void operator()(evp_pkey_st* key) const noexcept;
  void operator()(evp_pkey_ctx_st* context) const noexcept;
  void operator()(X509_name_st* name) const noexcept;
  void operator()(x509_st* certificate) const noexcept;
};

template <typename T>
using OpenSslHandle = std::unique_ptr<T, OpenSslFree>;

using Bignum = OpenSslHandle<bignum_st>;
using PrivateKey = OpenSslHandle<evp_pkey_st>;
using Certificate = OpenSslHandle<x509_st>;

/// A second owner of the same certificate.
[[nodiscard]] Certificate share(const Certificate& certificate);

}  // namespace certgen
