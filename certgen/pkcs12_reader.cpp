#include <openssl/pkcs12.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "base/openssl_init.h"
#include "certgen/certificates.h"
#include "certgen/openssl_error.h"
#include "certgen/pkcs12.h"

namespace certgen {
namespace {

struct FreeStore {
  void operator()(PKCS12* store) const noexcept { PKCS12_free(store); }
  void operator()(STACK_OF(PKCS7) * parts) const noexcept { sk_PKCS7_pop_free(parts, PKCS7_free); }
  void operator()(STACK_OF(PKCS12_SAFEBAG) * bags) const noexcept {
    sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
  }
  void operator()(PKCS8_PRIV_KEY_INFO* key) const noexcept { PKCS8_PRIV_KEY_INFO_free(key); }
  void operator()(PBE2PARAM* scheme) const noexcept { PBE2PARAM_free(scheme); }
  void operator()(PBKDF2PARAM* derivation) const noexcept { PBKDF2PARAM_free(derivation); }
  void operator()(PBEPARAM* scheme) const noexcept { PBEPARAM_free(scheme); }
};
template <typename T>
using Owned = std::unique_ptr<T, FreeStore>;

struct Password {
  const char* text;
  int size;
};

enum class Wanted { kAll, kCertificates };

/// What a bag holds, with the attributes that matter here.
struct Bag {
  std::string alias;
  std::string key_id;
  bool is_trusted = false;
  PrivateKey key;
  Certificate certificate;
};

base::Error unreadable(const std::string& why) {
  base::Error error = openssl_error("read the PKCS#12 store");
  return {base::ErrorKind::kIo, "this is not a PKCS#12 store that can be read: " + why,
          error.message.find("OpenSSL says") == std::string::npos ? "" : error.message, 0};
}

base::Error undecipherable() {
  base::Error error = openssl_error("decrypt a part of the PKCS#12 store");
  error.hint =
      "stores with outdated ciphers (RC2, 3DES) are converted with keytool -importkeystore";
  return error;
}

/// The parameters of an algorithm as the type that `item` describes; empty where they are not.
template <typename T>
Owned<T> parameters_of(const X509_ALGOR* algorithm, const ASN1_ITEM* item) {
  const ASN1_TYPE* raw = algorithm->parameter;
  return Owned<T>(raw == nullptr ? nullptr : static_cast<T*>(ASN1_TYPE_unpack_sequence(item, raw)));
}

/// The iterations that a password-based encryption asks for (RFC 8018 appendix A). -1: that cannot
/// be told, or is more than a long holds.
long iterations_of(const X509_ALGOR* algorithm) {
  if (OBJ_obj2nid(algorithm->algorithm) != NID_pbes2) {
    const auto old = parameters_of<PBEPARAM>(algorithm, ASN1_ITEM_rptr(PBEPARAM));
    return old ? ASN1_INTEGER_get(old->iter) : -1;
  }
  const auto scheme = parameters_of<PBE2PARAM>(algorithm, ASN1_ITEM_rptr(PBE2PARAM));
  // The costs of scrypt have another form, and no Java writes it.
  if (!scheme || OBJ_obj2nid(scheme->keyfunc->algorithm) != NID_id_pbkdf2) return -1;
  const auto derivation = parameters_of<PBKDF2PARAM>(scheme->keyfunc, ASN1_ITEM_rptr(PBKDF2PARAM));
  return derivation ? ASN1_INTEGER_get(derivation->iter) : -1;
}

/// What is left of the iterations that a store may ask for.
class IterationBudget {
 public:
  base::Result<void> spend(long iterations) {
    if (iterations < 0 || iterations > left_)
      return unreadable("its key derivation asks for more than " + std::to_string(kMostIterations) +
                        " iterations, or is not PBKDF2");
    left_ -= iterations;
    return {};
  }

 private:
  long left_ = kMostIterations;
};

/// With what the parts of one store are opened.
struct Opening {
  Password password;
  Wanted wanted;
  IterationBudget budget;
};

base::Result<void> spend_on_mac(const PKCS12* store, IterationBudget& budget) {
  const ASN1_INTEGER* iterations = nullptr;
  PKCS12_get0_mac(nullptr, nullptr, nullptr, &iterations, store);
  return budget.spend(iterations == nullptr ? 1 : ASN1_INTEGER_get(iterations));
}

std::string alias_of(PKCS12_SAFEBAG* bag) {
  char* name = PKCS12_get_friendlyname(bag);
  std::string alias = name == nullptr ? "" : name;
  OPENSSL_free(name);
  return alias;
}

std::string key_id_of(const PKCS12_SAFEBAG* bag) {
  const ASN1_TYPE* value = PKCS12_SAFEBAG_get0_attr(bag, NID_localKeyID);
  if (value == nullptr || value->type != V_ASN1_OCTET_STRING) return {};
  const ASN1_OCTET_STRING* id = value->value.octet_string;
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(id)),
          static_cast<std::size_t>(ASN1_STRING_length(id))};
}

/// Whether it has the attribute by which Java knows a trust anchor (behaviour page 4.4).
bool is_trusted(const PKCS12_SAFEBAG* bag) {
  static constexpr std::string_view kTrustedKeyUsage = "2.16.840.1.113894.746875.1.1";
  const STACK_OF(X509_ATTRIBUTE)* attributes = PKCS12_SAFEBAG_get0_attrs(bag);
  for (int i = 0; i < X509at_get_attr_count(attributes); ++i) {
    std::array<char, 64> oid{};
    X509_ATTRIBUTE* attribute = X509at_get_attr(attributes, i);
    OBJ_obj2txt(oid.data(), static_cast<int>(oid.size()), X509_ATTRIBUTE_get0_object(attribute), 1);
    if (oid.data() == kTrustedKeyUsage) return true;
  }
  return false;
}

base::Result<PrivateKey> key_of(PKCS12_SAFEBAG* bag, Opening& opening) {
  if (PKCS12_SAFEBAG_get_nid(bag) == NID_keyBag) {
    PrivateKey plain(EVP_PKCS82PKEY(PKCS12_SAFEBAG_get0_p8inf(bag)));
    if (!plain) return unreadable("it has a private key of an unknown kind");
    return plain;
  }
  const X509_ALGOR* algorithm = nullptr;
  X509_SIG_get0(PKCS12_SAFEBAG_get0_pkcs8(bag), &algorithm, nullptr);
  BASE_CHECK(opening.budget.spend(iterations_of(algorithm)));
  const Owned<PKCS8_PRIV_KEY_INFO> opened(
      PKCS12_decrypt_skey(bag, opening.password.text, opening.password.size));
  if (!opened) return undecipherable();
  PrivateKey key(EVP_PKCS82PKEY(opened.get()));
  if (!key) return unreadable("it has a private key of an unknown kind");
  return key;
}

base::Result<void> open_bags(const STACK_OF(PKCS12_SAFEBAG) * bags, Opening& opening,
                             std::vector<Bag>& out) {
  for (int i = 0; i < sk_PKCS12_SAFEBAG_num(bags); ++i) {
    PKCS12_SAFEBAG* raw = sk_PKCS12_SAFEBAG_value(bags, i);
    Bag bag{alias_of(raw), key_id_of(raw), is_trusted(raw), nullptr, nullptr};
    const int kind = PKCS12_SAFEBAG_get_nid(raw);
    const bool is_key = kind == NID_keyBag || kind == NID_pkcs8ShroudedKeyBag;
    if (is_key && opening.wanted == Wanted::kAll) {
      BASE_TRY(bag.key, key_of(raw, opening));
    } else if (kind == NID_certBag) {
      bag.certificate.reset(PKCS12_SAFEBAG_get1_cert(raw));
      if (!bag.certificate) return unreadable("it has a certificate that is none");
    } else {
      continue;  // CRLs and secret keys mean nothing to TLS
    }
    out.push_back(std::move(bag));
  }
  return {};
}

/// The bags of one part of a store, whose `kind` is plain or encrypted data.
base::Result<Owned<STACK_OF(PKCS12_SAFEBAG)>> unpack(PKCS7* part, int kind, Opening& opening) {
  using Bags = Owned<STACK_OF(PKCS12_SAFEBAG)>;
  if (kind == NID_pkcs7_data) {
    Bags plain(PKCS12_unpack_p7data(part));
    if (!plain) return unreadable("a part is damaged");
    return plain;
  }
  const PKCS7_ENCRYPT* encrypted = part->d.encrypted;
  if (encrypted == nullptr || encrypted->enc_data == nullptr)
    return unreadable("an encrypted part is empty");
  BASE_CHECK(opening.budget.spend(iterations_of(encrypted->enc_data->algorithm)));
  Bags bags(PKCS12_unpack_p7encdata(part, opening.password.text, opening.password.size));
  if (!bags) return undecipherable();
  return bags;
}

base::Result<std::vector<Bag>> open_store(PKCS12* store, Opening opening) {
  const Owned<STACK_OF(PKCS7)> parts(PKCS12_unpack_authsafes(store));
  if (!parts) return unreadable("its contents have another form");
  std::vector<Bag> all;
  for (int i = 0; i < sk_PKCS7_num(parts.get()); ++i) {
    PKCS7* part = sk_PKCS7_value(parts.get(), i);
    const int kind = OBJ_obj2nid(part->type);
    if (kind != NID_pkcs7_data && kind != NID_pkcs7_encrypted)
      return unreadable("it is protected with a public key");
    BASE_TRY(const auto bags, unpack(part, kind, opening));
    BASE_CHECK(open_bags(bags.get(), opening, all));
  }
  return all;
}

/// Adds the issuers that the store has, up to a self-signed one.
void extend_chain(std::vector<Certificate>& chain, const std::vector<Bag>& bags) {
  while (!may_have_issued(chain.back(), chain.back()) && chain.size() <= bags.size()) {
    const auto issuer = std::find_if(bags.begin(), bags.end(), [&](const Bag& bag) {
      return bag.certificate && may_have_issued(bag.certificate, chain.back());
    });
    if (issuer == bags.end()) return;
    chain.push_back(share(issuer->certificate));
  }
}

/// Marks every bag that holds this certificate for a chain: the JDK writes a CA once for each.
void mark_copies(const Certificate& certificate, const std::vector<Bag>& bags,
                 std::vector<bool>& used) {
  for (std::size_t i = 0; i < bags.size(); ++i)
    if (bags[i].certificate && !bags[i].is_trusted && is_same(bags[i].certificate, certificate))
      used[i] = true;
}

/// Keys and certificates name each other by their local id, where both have one.
bool belong_together(const Bag& key, const Bag& certificate) {
  return certificate.certificate && belongs_to(certificate.certificate, key.key) &&
         (key.key_id.empty() || certificate.key_id.empty() || key.key_id == certificate.key_id);
}

std::vector<StoreEntry> assemble(std::vector<Bag> bags) {
  std::vector<StoreEntry> entries;
  std::vector<bool> used(bags.size());
  for (Bag& key : bags) {
    if (!key.key) continue;
    std::vector<Certificate> chain;
    const auto own = std::find_if(bags.begin(), bags.end(),
                                  [&](const Bag& bag) { return belong_together(key, bag); });
    if (own != bags.end()) chain.push_back(share(own->certificate));
    if (!chain.empty()) extend_chain(chain, bags);
    for (const Certificate& certificate : chain) mark_copies(certificate, bags, used);
    entries.push_back({key.alias, std::move(key.key), std::move(chain)});
  }
  for (std::size_t i = 0; i < bags.size(); ++i) {
    if (!bags[i].certificate || used[i]) continue;
    entries.push_back({bags[i].alias, nullptr, {}});
    entries.back().chain.push_back(std::move(bags[i].certificate));
  }
  return entries;
}

bool has_valid_mac(PKCS12* store, Password password) {
  if (PKCS12_verify_mac(store, password.text, password.size) == 1) return true;
  static_cast<void>(openssl_error("verify the store"));
  return false;
}

base::Result<std::vector<StoreEntry>> read(std::span<const std::uint8_t> bytes,
                                           const base::Secret& password, Wanted wanted) {
  base::init_openssl();
  if (bytes.size() > kLargestStoreBytes) return unreadable("it is larger than 1 MB");
  const unsigned char* at = bytes.data();
  const Owned<PKCS12> store(d2i_PKCS12(nullptr, &at, static_cast<long>(bytes.size())));
  if (!store) return unreadable("it is damaged, or cut off");
  if (PKCS12_mac_present(store.get()) == 0) return unreadable("nothing protects it from changes");
  // OpenSSL wants the text to end with a NUL character.
  base::Secret text = password.clone();
  text.append(std::string_view("\0", 1));
  const Password view{reinterpret_cast<const char*>(text.bytes().data()),
                      static_cast<int>(password.size())};
  Opening opening{view, wanted, {}};
  if (wanted == Wanted::kAll) {
    BASE_CHECK(spend_on_mac(store.get(), opening.budget));
    if (!has_valid_mac(store.get(), view))
      return base::Error{base::ErrorKind::kData, "the password does not open this PKCS#12 store",
                         "the password of a stock store is in the Elasticsearch keystore", 0};
  }
  BASE_TRY(std::vector<Bag> bags, open_store(store.get(), opening));
  return assemble(std::move(bags));
}

}  // namespace

base::Result<std::vector<StoreEntry>> read_pkcs12(std::span<const std::uint8_t> bytes,
                                                  const base::Secret& password) {
  return read(bytes, password, Wanted::kAll);
}

base::Result<std::vector<StoreEntry>> read_pkcs12_certificates(std::span<const std::uint8_t> bytes,
                                                               const base::Secret& password) {
  return read(bytes, password, Wanted::kCertificates);
}

}  // namespace certgen
