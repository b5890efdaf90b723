#include "certgen/certificates.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "base/openssl_init.h"
#include "base/random.h"
#include "base/text.h"
#include "certgen/extensions.h"
#include "certgen/keys.h"
#include "certgen/openssl_error.h"

namespace certgen {
namespace {

using Name = OpenSslHandle<X509_NAME>;
using Bio = OpenSslHandle<BIO>;
constexpr long kSecondsPerDay = 24L * 60 * 60;

/// X.680 section 41.4, table 10.
bool is_printable_string(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view(" '()+,-./:=?").find(c) != std::string_view::npos;
  });
}

/// The string type is chosen as Java chooses it. Given the type, OpenSSL applies no upper bound of
/// 64 characters (RFC 5280 appendix A.1), and neither does Java.
base::Result<Name> subject_name(const std::string& common_name) {
  BASE_CHECK(check_common_name(common_name));
  Name name(X509_NAME_new());
  const int type = is_printable_string(common_name) ? V_ASN1_PRINTABLESTRING : V_ASN1_UTF8STRING;
  if (!name ||
      X509_NAME_add_entry_by_NID(name.get(), NID_commonName, type,
                                 reinterpret_cast<const unsigned char*>(common_name.data()),
                                 static_cast<int>(common_name.size()), -1, 0) != 1)
    return openssl_error("encode a subject name");
  return name;
}

base::Result<void> set_serial(X509* certificate) {
  std::array<std::uint8_t, 20> bytes{};
  BASE_CHECK(base::fill_random(bytes));
  const Bignum number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
  // RFC 5280 section 4.1.2.2 asks for a positive number.
  if (!number || BN_is_zero(number.get()) ||
      BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) == nullptr)
    return openssl_error("set a serial number");
  return {};
}

base::Result<void> set_validity(X509* certificate, base::UnixSeconds from, int days) {
  if (ASN1_TIME_set(X509_getm_notBefore(certificate), from) == nullptr ||
      ASN1_TIME_set(X509_getm_notAfter(certificate), from + days * kSecondsPerDay) == nullptr)
    return openssl_error("set the dates of a certificate");
  return {};
}

using KeyId = std::array<std::uint8_t, 20>;

/// RFC 5280 section 4.2.1.2, method (1).
base::Result<KeyId> key_id(const X509* certificate) {
  KeyId id{};
  unsigned size = 0;
  if (X509_pubkey_digest(certificate, EVP_sha1(), id.data(), &size) != 1 || size != id.size())
    return openssl_error("hash a public key");
  return id;
}

/// What the issuer calls itself, or else the hash of its key.
base::Result<std::vector<std::uint8_t>> issuer_key_id(const X509* issuer) {
  if (const ASN1_OCTET_STRING* own = X509_get0_subject_key_id(const_cast<X509*>(issuer)))
    return std::vector<std::uint8_t>(ASN1_STRING_get0_data(own),
                                     ASN1_STRING_get0_data(own) + ASN1_STRING_length(own));
  BASE_TRY(const KeyId hash, key_id(issuer));
  return std::vector<std::uint8_t>(hash.begin(), hash.end());
}

base::Result<void> add_extension(X509* certificate, const Extension& extension) {
  ASN1_OBJECT* oid = OBJ_txt2obj(std::string(extension.oid).c_str(), 1);
  ASN1_OCTET_STRING* value = ASN1_OCTET_STRING_new();
  X509_EXTENSION* encoded = nullptr;
  const auto bytes = extension.value.bytes();
  const bool added = oid != nullptr && value != nullptr &&
                     ASN1_OCTET_STRING_set(value, bytes.data(), static_cast<int>(bytes.size())) &&
                     (encoded = X509_EXTENSION_create_by_OBJ(nullptr, oid, extension.critical,
                                                             value)) != nullptr &&
                     X509_add_ext(certificate, encoded, -1) == 1;
  X509_EXTENSION_free(encoded);
  ASN1_OCTET_STRING_free(value);
  ASN1_OBJECT_free(oid);
  if (!added) return openssl_error("add an extension to a certificate");
  return {};
}

/// SHA-256 as in stock, but SHA-384 where the curve is as strong as that.
const EVP_MD* signature_digest(const PrivateKey& key) {
  return EVP_PKEY_get_bits(key.get()) == 384 ? EVP_sha384() : EVP_sha256();
}

}  // namespace

base::Result<void> check_common_name(std::string_view text) {
  if (base::is_utf8(text) && text.find('\0') == std::string_view::npos) return {};
  return base::Error{base::ErrorKind::kConfig,
                     "the name \"" + std::string(text) + "\" cannot stand in a certificate",
                     "use valid UTF-8 without NUL characters", 0};
}

base::Result<Certificate> make_certificate(const CertificateRequest& request,
                                           const PrivateKey& subject_key, const Certificate& issuer,
                                           const PrivateKey& issuer_key) {
  base::init_openssl();
  Certificate made(X509_new());
  BASE_TRY(const Name subject, subject_name(request.common_name));
  if (!made || X509_set_version(made.get(), X509_VERSION_3) != 1 ||
      X509_set_subject_name(made.get(), subject.get()) != 1 ||
      X509_set_issuer_name(made.get(),
                           issuer ? X509_get_subject_name(issuer.get()) : subject.get()) != 1 ||
      X509_set_pubkey(made.get(), subject_key.get()) != 1)
    return openssl_error("fill a certificate");
  BASE_CHECK(set_serial(made.get()));
  BASE_CHECK(set_validity(made.get(), request.not_before, request.valid_days));
  BASE_TRY(const KeyId own_id, key_id(made.get()));
  BASE_TRY(const auto issuer_id, issuer_key_id(issuer ? issuer.get() : made.get()));
  BASE_TRY(const auto extensions, make_extensions(request, own_id, issuer_id, is_rsa(subject_key)));
  for (const Extension& extension : extensions) BASE_CHECK(add_extension(made.get(), extension));
  const PrivateKey& signer = issuer ? issuer_key : subject_key;
  if (X509_sign(made.get(), signer.get(), signature_digest(signer)) == 0)
    return openssl_error("sign a certificate");
  return made;
}

base::Result<std::vector<std::uint8_t>> certificate_der(const Certificate& certificate) {
  const int size = i2d_X509(certificate.get(), nullptr);
  if (size <= 0) return openssl_error("encode a certificate");
  std::vector<std::uint8_t> der(static_cast<std::size_t>(size));
  unsigned char* at = der.data();
  if (i2d_X509(certificate.get(), &at) != size) return openssl_error("encode a certificate");
  return der;
}

base::Result<Certificate> parse_certificate(std::span<const std::uint8_t> der) {
  base::init_openssl();
  const unsigned char* at = der.data();
  Certificate parsed(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (!parsed || at != der.data() + der.size()) {
    base::Error error = openssl_error("read a certificate in DER form");
    error.kind = base::ErrorKind::kData;
    return error;
  }
  return parsed;
}

base::Result<std::string> certificate_pem(const Certificate& certificate) {
  const Bio bio(BIO_new(BIO_s_mem()));
  char* text = nullptr;
  if (!bio || PEM_write_bio_X509(bio.get(), certificate.get()) != 1)
    return openssl_error("write a certificate as PEM");
  const long size = BIO_get_mem_data(bio.get(), &text);
  return std::string(text, static_cast<std::size_t>(size));
}

base::Result<std::vector<Certificate>> parse_certificates_pem(std::string_view pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  std::vector<Certificate> certificates;
  while (bio) {
    Certificate next(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (!next) break;
    certificates.push_back(std::move(next));
  }
  // The end of the text is an error for OpenSSL, which is taken off its queue here.
  base::Error error = openssl_error("read a certificate in PEM form");
  error.kind = base::ErrorKind::kData;
  if (certificates.empty()) return error;
  return certificates;
}

base::Result<std::string> certificate_sha256_hex(const Certificate& certificate) {
  std::array<std::uint8_t, 32> digest{};
  unsigned size = 0;
  if (X509_digest(certificate.get(), EVP_sha256(), digest.data(), &size) != 1)
    return openssl_error("hash a certificate");
  return base::to_hex(digest);
}

bool may_have_issued(const Certificate& issuer, const Certificate& subject) {
  return X509_check_issued(issuer.get(), subject.get()) == X509_V_OK;
}

bool belongs_to(const Certificate& certificate, const PrivateKey& key) {
  const EVP_PKEY* own = X509_get0_pubkey(certificate.get());
  return own != nullptr && key && EVP_PKEY_eq(own, key.get()) == 1;
}

bool is_same(const Certificate& one, const Certificate& other) {
  return X509_cmp(one.get(), other.get()) == 0;
}

}  // namespace certgen
