#pragma once

#include <functional>
#include <string>

#include "base/change_set.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "launcher/certificate_choices.h"
#include "launcher/enrollment.h"
#include "launcher/node_site.h"
#include "launcher/yml_block.h"

namespace launcher {

/// Everything a first start makes, in memory; nothing is written before `changes` are committed.
struct SecurityPlan {
  base::ChangeSet changes;
  NodeKeystore keystore;  ///< as it will be
  /// The password that was made for elastic; empty where it is supplied or the keystore has it.
  base::Secret elastic_password;
  std::string http_ca_path;
  std::string http_ca_sha256_hex;
};

struct SecurityInput {
  const NodeSite& site;
  const NodeSettings& settings;
  const NodeFacts& facts;
  /// The password for elastic that somebody supplied; empty: make one.
  const base::Secret& supplied_password;
  std::string host_name;
  base::UnixSeconds now = 0;
  std::function<void(int done, int wanted)> on_key;
  /// The names are all that the HTTP certificate shall have beside those of this host.
  CertificateChoices certificates;
};

/// The same for a node that joins: transport key and certificate and the HTTP CA are the cluster's,
/// the HTTP certificate is made here; there is no password to make.
base::Result<SecurityPlan> plan_enrollment(const SecurityInput& input, NodeKeystore keystore,
                                           const EnrollmentReply& reply);

/// The same for a node that has data, with TLS for the layers of `scope` only, and without a word
/// on its cluster and network.
base::Result<SecurityPlan> plan_existing(const SecurityInput& input, NodeKeystore keystore,
                                         TlsScope scope);

/// New certificates and their entries alone: the keystore is not sealed yet, elasticsearch.yml
/// stays.
base::Result<SecurityPlan> plan_certificates(const SecurityInput& input, NodeKeystore keystore,
                                             TlsScope scope);

/// Generates keys, certificates, the password and its hash, and puts the change set together:
/// the file for the credentials (where they go to one), certs/, keystore, elasticsearch.yml last.
/// Consumes `keystore`. Errors: kConfig for a hashing algorithm that the server does not have, and
/// those of certgen and keystore.
base::Result<SecurityPlan> plan_security(const SecurityInput& input, NodeKeystore keystore);

}  // namespace launcher
