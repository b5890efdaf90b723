#include <openssl/hmac.h>
#include <openssl/pkcs12.h>

#include <array>
#include <string_view>

#include "base/openssl_init.h"
#include "base/random.h"
#include "certgen/certificate_facts.h"
#include "certgen/der.h"
#include "certgen/keys.h"
#include "certgen/openssl_error.h"
#include "certgen/pkcs12.h"

namespace certgen {
namespace {

using base::Secret;

// RFC 5652 section 4 and 8, RFC 7292 section 4.2, RFC 2985 section 5.5
constexpr std::string_view kData = "1.2.840.113549.1.7.1";
constexpr std::string_view kEncryptedData = "1.2.840.113549.1.7.6";
constexpr std::string_view kShroudedKeyBag = "1.2.840.113549.1.12.10.1.2";
constexpr std::string_view kCertBag = "1.2.840.113549.1.12.10.1.3";
constexpr std::string_view kX509Certificate = "1.2.840.113549.1.9.22.1";
constexpr std::string_view kFriendlyName = "1.2.840.113549.1.9.20";
constexpr std::string_view kLocalKeyId = "1.2.840.113549.1.9.21";
// RFC 8018 appendix A and B, FIPS 180-4, FIPS 197
constexpr std::string_view kPbes2 = "1.2.840.113549.1.5.13";
constexpr std::string_view kPbkdf2 = "1.2.840.113549.1.5.12";
constexpr std::string_view kHmacSha256 = "1.2.840.113549.2.9";
constexpr std::string_view kAes256Cbc = "2.16.840.1.101.3.4.1.42";
constexpr std::string_view kSha256 = "2.16.840.1.101.3.4.2.1";
// Java sees a certificate without a key as a trust anchor only where it has this attribute
// (behaviour page 4.4). RFC 5280 section 4.2.1.12 has anyExtendedKeyUsage.
constexpr std::string_view kTrustedKeyUsage = "2.16.840.1.113894.746875.1.1";
constexpr std::string_view kAnyExtendedKeyUsage = "2.5.29.37.0";

// Defaults of the JDK since 17.
constexpr int kIterations = 10000;
constexpr std::size_t kSaltBytes = 20;
constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kBlockBytes = 16;

Secret algorithm(std::string_view oid) {
  return der::sequence(der::object_identifier(oid), der::element(der::kNull, ""));
}

Secret explicit_0(const Secret& content) {
  return der::element(der::context_tag(0, true), content.bytes());
}

base::Result<Secret> aes_256_cbc(const Secret& key, const Secret& iv, const Secret& plain) {
  Secret out(plain.size() + kBlockBytes);
  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
  int head = 0;
  int tail = 0;
  const bool done = context != nullptr &&
                    EVP_EncryptInit_ex2(context, EVP_aes_256_cbc(), key.bytes().data(),
                                        iv.bytes().data(), nullptr) == 1 &&
                    EVP_EncryptUpdate(context, out.writable_bytes().data(), &head,
                                      plain.bytes().data(), static_cast<int>(plain.size())) == 1 &&
                    EVP_EncryptFinal_ex(context, out.writable_bytes().data() + head, &tail) == 1;
  EVP_CIPHER_CTX_free(context);
  if (!done) return openssl_error("encrypt a part of a PKCS#12 store");
  out.truncate(static_cast<std::size_t>(head) + static_cast<std::size_t>(tail));
  return out;
}

struct Encrypted {
  Secret algorithm;  ///< AlgorithmIdentifier
  Secret bytes;
};

/// PBES2 of RFC 8018 with the JDK's parameters. It writes the optional keyLength, so we do.
base::Result<Encrypted> encrypt(const Secret& plain, const Secret& password) {
  Secret salt(kSaltBytes);
  Secret iv(kBlockBytes);
  Secret key(kKeyBytes);
  BASE_CHECK(base::fill_random(salt.writable_bytes()));
  BASE_CHECK(base::fill_random(iv.writable_bytes()));
  const std::string_view text = password.expose();
  if (PKCS5_PBKDF2_HMAC(text.data(), static_cast<int>(text.size()), salt.bytes().data(),
                        static_cast<int>(salt.size()), kIterations, EVP_sha256(),
                        static_cast<int>(key.size()), key.writable_bytes().data()) != 1)
    return openssl_error("derive a key from a store password");
  BASE_TRY(Secret bytes, aes_256_cbc(key, iv, plain));
  const Secret kdf =
      der::sequence(der::object_identifier(kPbkdf2),
                    der::sequence(der::octets(salt.bytes()), der::integer(kIterations),
                                  der::integer(kKeyBytes), algorithm(kHmacSha256)));
  const Secret cipher = der::sequence(der::object_identifier(kAes256Cbc), der::octets(iv.bytes()));
  return Encrypted{der::sequence(der::object_identifier(kPbes2), der::sequence(kdf, cipher)),
                   std::move(bytes)};
}

/// UTF-16, big endian; what lies outside the basic plane becomes a surrogate pair, as in Java.
base::Result<Secret> bmp_string(const std::string& text) {
  int size = 0;
  unsigned char* bytes =
      OPENSSL_utf82uni(text.c_str(), static_cast<int>(text.size()), nullptr, &size);
  if (bytes == nullptr) return openssl_error("encode an alias");
  // OpenSSL adds a terminating NUL character of two bytes.
  Secret encoded =
      der::element(der::kBmpString, std::span(bytes, static_cast<std::size_t>(size - 2)));
  OPENSSL_free(bytes);
  return encoded;
}

Secret attribute(std::string_view oid, const Secret& value) {
  return der::sequence(der::object_identifier(oid), der::set(value));
}

Secret bag(std::string_view oid, const Secret& content, const Secret& attributes) {
  return der::sequence(der::object_identifier(oid), explicit_0(content),
                       der::element(der::kSet, attributes.bytes()));
}

/// The two attributes by which a key and its certificate find each other. The order in the set is
/// the JDK's, which does not sort.
base::Result<Secret> key_attributes(const std::string& alias, const std::string& key_id) {
  BASE_TRY(const Secret name, bmp_string(alias));
  Secret attributes = attribute(kFriendlyName, name);
  attributes.append(
      attribute(kLocalKeyId, der::element(der::kOctetString, std::string_view(key_id))).bytes());
  return attributes;
}

base::Result<Secret> key_bag(const StoreEntry& entry, const std::string& key_id,
                             const Secret& password) {
  BASE_TRY(const Secret pkcs8, private_key_der(entry.key));
  BASE_TRY(const Encrypted sealed, encrypt(pkcs8, password));
  BASE_TRY(const Secret attributes, key_attributes(entry.alias, key_id));
  return bag(kShroudedKeyBag, der::sequence(sealed.algorithm, der::octets(sealed.bytes.bytes())),
             attributes);
}

base::Result<Secret> certificate_bag(const Certificate& certificate, const Secret& attributes) {
  BASE_TRY(const auto encoded, certificate_der(certificate));
  return bag(
      kCertBag,
      der::sequence(der::object_identifier(kX509Certificate), explicit_0(der::octets(encoded))),
      attributes);
}

/// The bags of an entry's chain: the key's own certificate is tied to the key, the others bear
/// their subject as a name, and one without a key is marked as trusted.
base::Result<Secret> certificate_bags(const StoreEntry& entry, const std::string& key_id) {
  Secret bags;
  for (std::size_t i = 0; i < entry.chain.size(); ++i) {
    const Certificate& certificate = entry.chain[i];
    Secret attributes;
    if (i == 0 && entry.key) {
      BASE_TRY(attributes, key_attributes(entry.alias, key_id));
    } else {
      BASE_TRY(const Secret name, bmp_string(i == 0 ? entry.alias : subject_text(certificate)));
      attributes = attribute(kFriendlyName, name);
    }
    if (!entry.key)
      attributes.append(
          attribute(kTrustedKeyUsage, der::object_identifier(kAnyExtendedKeyUsage)).bytes());
    BASE_TRY(const Secret encoded, certificate_bag(certificate, attributes));
    bags.append(encoded.bytes());
  }
  return bags;
}

Secret data_content(const Secret& content) {
  return der::sequence(der::object_identifier(kData), explicit_0(der::octets(content.bytes())));
}

base::Result<Secret> encrypted_content(const Secret& content, const Secret& password) {
  BASE_TRY(const Encrypted sealed, encrypt(content, password));
  const Secret info = der::sequence(der::object_identifier(kData), sealed.algorithm,
                                    der::element(der::context_tag(0, false), sealed.bytes.bytes()));
  return der::sequence(der::object_identifier(kEncryptedData),
                       explicit_0(der::sequence(der::integer(0), info)));
}

/// RFC 7292 section 4 and appendix B: HMAC under a key derived with the PKCS#12 scheme.
base::Result<Secret> mac_data(const Secret& authenticated, const Secret& password) {
  Secret salt(kSaltBytes);
  Secret key(kKeyBytes);
  Secret digest(kKeyBytes);
  unsigned size = 0;
  BASE_CHECK(base::fill_random(salt.writable_bytes()));
  const std::string_view text = password.expose();
  if (PKCS12_key_gen_utf8_ex(text.data(), static_cast<int>(text.size()),
                             salt.writable_bytes().data(), static_cast<int>(salt.size()),
                             PKCS12_MAC_ID, kIterations, static_cast<int>(key.size()),
                             key.writable_bytes().data(), EVP_sha256(), nullptr, nullptr) != 1 ||
      HMAC(EVP_sha256(), key.bytes().data(), static_cast<int>(key.size()),
           authenticated.bytes().data(), authenticated.size(), digest.writable_bytes().data(),
           &size) == nullptr)
    return openssl_error("compute the MAC of a PKCS#12 store");
  return der::sequence(der::sequence(algorithm(kSha256), der::octets(digest.bytes())),
                       der::octets(salt.bytes()), der::integer(kIterations));
}

}  // namespace

base::Result<Secret> write_pkcs12(const std::vector<StoreEntry>& entries, const Secret& password,
                                  base::UnixSeconds now) {
  base::init_openssl();
  Secret keys;
  Secret certificates;
  base::UnixSeconds milliseconds = now * 1000;
  for (const StoreEntry& entry : entries) {
    // The JDK numbers keys by the time of their adding and finds a key's certificate by this
    // number, so no two keys may share one.
    const std::string key_id = "Time " + std::to_string(milliseconds++);
    if (entry.key) {
      BASE_TRY(const Secret encoded, key_bag(entry, key_id, password));
      keys.append(encoded.bytes());
    }
    BASE_TRY(const Secret encoded, certificate_bags(entry, key_id));
    certificates.append(encoded.bytes());
  }
  Secret contents;
  if (!keys.empty())
    contents.append(data_content(der::element(der::kSequence, keys.bytes())).bytes());
  BASE_TRY(const Secret sealed,
           encrypted_content(der::element(der::kSequence, certificates.bytes()), password));
  contents.append(sealed.bytes());
  const Secret authenticated = der::element(der::kSequence, contents.bytes());
  BASE_TRY(const Secret mac, mac_data(authenticated, password));
  return der::sequence(der::integer(3), data_content(authenticated), mac);
}

}  // namespace certgen
