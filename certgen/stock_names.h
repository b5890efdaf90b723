#pragma once

/// Names, aliases and lifetimes of the stock auto-configuration (behaviour page 4.3 and 4.4).
namespace certgen {

inline constexpr const char* kHttpCaName = "Elasticsearch security auto-configuration HTTP CA";
inline constexpr const char* kTransportCaName =
    "Elasticsearch security auto-configuration transport CA";

inline constexpr const char* kHttpCaAlias = "http_ca";
inline constexpr const char* kHttpAlias = "http";
inline constexpr const char* kTransportAlias = "transport";
inline constexpr const char* kTransportCaAlias = "transport_ca";

inline constexpr int kTransportDays = 99 * 365;
inline constexpr int kHttpCaDays = 3 * 365;
inline constexpr int kHttpDays = 2 * 365;

}  // namespace certgen
