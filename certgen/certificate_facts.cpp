#include "certgen/certificate_facts.h"

#include <arpa/inet.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>

#include "base/text.h"

namespace certgen {
namespace {

base::UnixSeconds seconds_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return 0;
  return timegm(&parts);
}

std::string name_text(const X509_NAME* name) {
  BIO* bio = BIO_new(BIO_s_mem());
  if (bio == nullptr) return {};
  X509_NAME_print_ex(bio, name, 0,
                     XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB));
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio, &text);
  std::string copy(text, static_cast<std::size_t>(size));
  BIO_free_all(bio);
  return copy;
}

std::string common_name(const X509_NAME* name) {
  const int index = X509_NAME_get_index_by_NID(const_cast<X509_NAME*>(name), NID_commonName, -1);
  if (index < 0) return {};
  unsigned char* utf8 = nullptr;
  const int size =
      ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index)));
  if (size < 0) return {};
  std::string text(reinterpret_cast<char*>(utf8), static_cast<std::size_t>(size));
  OPENSSL_free(utf8);
  return text;
}

std::string ip_text(const ASN1_OCTET_STRING* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int size = ASN1_STRING_length(address);
  if (size != 4 && size != 16) return {};
  inet_ntop(size == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(address), text.data(),
            static_cast<socklen_t>(text.size()));
  return text.data();
}

std::vector<SubjectAltName> alt_names(const X509* certificate) {
  std::vector<SubjectAltName> names;
  auto* list = static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(list); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(list, i);
    if (name->type == GEN_IPADD)
      names.push_back({SubjectAltName::Kind::kIp, ip_text(name->d.iPAddress)});
    if (name->type == GEN_DNS)
      names.push_back({SubjectAltName::Kind::kDns,
                       {reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
                        static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName))}});
  }
  GENERAL_NAMES_free(list);
  return names;
}

std::string key_text(const X509* certificate) {
  const EVP_PKEY* key = X509_get0_pubkey(certificate);
  if (key == nullptr) return "unknown";
  const char* type = EVP_PKEY_get0_type_name(key);
  return std::string(type == nullptr ? "unknown" : type) + " " +
         std::to_string(EVP_PKEY_get_bits(key));
}

}  // namespace

std::string subject_text(const Certificate& certificate) {
  return name_text(X509_get_subject_name(certificate.get()));
}

CertificateFacts facts_of(const Certificate& certificate) {
  X509* raw = certificate.get();
  const ASN1_INTEGER* serial = X509_get0_serialNumber(raw);
  CertificateFacts facts;
  facts.subject = subject_text(certificate);
  facts.issuer = name_text(X509_get_issuer_name(raw));
  facts.common_name = common_name(X509_get_subject_name(raw));
  facts.serial_hex = base::to_hex(
      {ASN1_STRING_get0_data(serial), static_cast<std::size_t>(ASN1_STRING_length(serial))});
  facts.not_before = seconds_of(X509_get0_notBefore(raw));
  facts.not_after = seconds_of(X509_get0_notAfter(raw));
  facts.names = alt_names(raw);
  facts.is_ca = X509_check_ca(raw) == 1;
  facts.key = key_text(raw);
  if (auto digest = certificate_sha256_hex(certificate); digest.ok())
    facts.sha256_hex = std::move(digest).value();
  return facts;
}

}  // namespace certgen
