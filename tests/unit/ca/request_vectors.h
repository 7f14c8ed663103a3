// Certificate requests made by the command line of OpenSSL 3.0, base64 of the DER. The command
// stands above each; -keyout and a configuration file without defaults ([req]
// distinguished_name=dn, [dn]) are left out.
#pragma once

#include <string_view>

#include "ca/rejection.h"

namespace tests {

struct AcceptedRequest {
  std::string_view name;
  std::string_view base64;
};

struct RefusedRequest {
  std::string_view name;
  ca::RejectionKind kind;
  std::string_view detail;  // part of it
  std::string_view base64;
};

// All but one with an empty subject, each with DNS:example.com, DNS:*.example.com and IP:192.0.2.7.
inline constexpr AcceptedRequest kAcceptedRequests[] = {
    // openssl req -new -newkey rsa:2048 -nodes -subj / -outform DER -addext
    // subjectAltName=DNS:example.com,DNS:*.example.com,IP:192.0.2.7
    {"rsa_2048",
     "MIICgzCCAWsCAQAwADCCASIwDQYJKoZIhvcNAQEBBQADggEPADCCAQoCggEBAOv0f1x3i25O/DcgqtWxTA95yqRMSKJB"
     "uoDl7RG8yrHKsD71l2c9dL2SRLJY2FUz9zNxMDzeGrxdjROnede7r4ODuz/VBpMsuIWX5WcUPONlz+DmS1gCkWRhhnTX"
     "7FHWVPGGVnjjRz20h2UHI5F21etZYCM3ef7CIPPmSeClEJRqF1zG7NyTH1k83xyZOl5s2H4qSGuR+1wH0rgPd0zX5Ky5"
     "1VEi9p8tSr0p1sN7BLKJ7AIjuGClHo1Zdm+QwKFFoPKkY5RfoKLEDdtzfGVsTKqIuZJoxs5jQVgHPtkXO9fxeX+iQ/wI"
     "4vGq25/7Si7PXhpCYXktqfWp+B63h2CWnIECAwEAAaA+MDwGCSqGSIb3DQEJDjEvMC0wKwYDVR0RBCQwIoILZXhhbXBs"
     "ZS5jb22CDSouZXhhbXBsZS5jb22HBMAAAgcwDQYJKoZIhvcNAQELBQADggEBAEnoM+wnyQj0od141nKFh5G/MzynxXex"
     "9/ZbTmrhZ4BoA0ay/FEeQ/wgP54JHtB4BvR5XJT1W3qJqKHYzYAxGJHAtNyXz1a5alAhqRMS1/2tgNFdNmEIL/J420P+"
     "nDLHngpFv4ds3uE+DhNQVFXl9uazuXtfdUuGHl+ipXqz1mSwOXaxn0IGBiOdb6ophxsYHVq1K9RIbkTxA33C9zumjPwJ"
     "PGaW1B0DonexDhFXvEnUujlopPvL220FwuZib8I1tX0J/BJgQunFUIVQplIFFJ/RP+/H5bNSlwRvtiLVv9k+REujSOU2"
     "PgPe7J9+TxN0s5XIjek0ZKuSUnjrGMgkQys="},
    // openssl req -new -newkey rsa:3072 -nodes -sha384 -subj / -outform DER -addext
    // subjectAltName=DNS:example.com,DNS:*.example.com,IP:192.0.2.7
    {"rsa_3072_sha384",
     "MIIDgzCCAesCAQAwADCCAaIwDQYJKoZIhvcNAQEBBQADggGPADCCAYoCggGBAMBpMZKHE8zrGe2g+vMYnbLPKi1UFesb"
     "rKZ1xgq4ege5IO+WmGS8RY0QQb8bmxlYzuRTRXhaTR5vbggg+0/WfRxZkgk2R5Vtawxf5bBVQrwUnsPMI2nBOneJMziF"
     "LlY5TAKre8sLq9WIm8nZOFd8ApZ/xXdZhuuJB0lc8VQbuLy0XUnGdngAqV0tM8ggdAOUQfaW4bB0VLekgdQ3j4wLbv0d"
     "wVar+tvlBcfRqRC8EVFTc3R+u+9mxYLJAzt1SIufWvWg+jCDBBCSiV/MBsEvMLK35XEC4tFzoYwzz4hGLym1JhTmKdhq"
     "QGIGe22t4mTGphF8xWZrMWJiqIS21nPjgNjn9xHe1wwVI8EwZKYmkh8UH3lotQhbdlLgECjYkERGUa/kTt00X6XunYT2"
     "u2k6qpjvy4uXueI2oTQe6Mr4mkzVPzyaZjW8DCWZvIcyob5eUN0PkZF8T71PD2p/Bb7jA3EDPXMqmvBerKdC4mQqaJmH"
     "KdNcd1nT94JrAk1IFPf6xwIDAQABoD4wPAYJKoZIhvcNAQkOMS8wLTArBgNVHREEJDAiggtleGFtcGxlLmNvbYINKi5l"
     "eGFtcGxlLmNvbYcEwAACBzANBgkqhkiG9w0BAQwFAAOCAYEAWp6VsJ7sywomLl2ArG90gko87mSOk1jejhb/EHQruF4K"
     "MOGkyoQwuo4vpYm/9pwzYGmzL9EENwW2i4U8d2udgkfGCPxpMWTp9m395WUirybfFSthdojCWJ9z+fKLPxDZG0/Rq3U0"
     "npHGYq+DSYjZmBXvy2FtX7HRtYVDsaMDg8/aXkpq3YpImRF5D1J2C09gcTnRV2o9hhSqZm/2P40/YFQz7qDvlD+rDGxk"
     "oNUWa0DCkP5xdSR2NgqKLug/5xwh+EqoB61/uPyqUmEv3iDXDP6vnAYuNX9tVH7kNYZ/z8ELjsj4e7HrevgorkYDEZwA"
     "k1JeYDVWU4fHjFejosJXvqqF37at+d8506OiucCixbyyScxBKGfLqxwfXffKKfZmO/FD3emHIOLukrGiFkL9Yyarge+5"
     "8d1BjnkBCdzIqOQwJFUlkm9T0LL4tEKDwvRf9bsGLkQne+X6bIgzKDcwNvVvf951blV/sK/ZP0Sw2HWM/+TMi6YQvlAj"
     "Q5lbRY5W"},
    // openssl req -new -newkey rsa:4096 -nodes -sha512 -subj / -outform DER -addext
    // subjectAltName=DNS:example.com,DNS:*.example.com,IP:192.0.2.7
    {"rsa_4096_sha512",
     "MIIEgzCCAmsCAQAwADCCAiIwDQYJKoZIhvcNAQEBBQADggIPADCCAgoCggIBAOHLKRiZvFTXF7JVIGWUFOzT2FRCYKCq"
     "rRzN5PnB2GKX4cFnRbX52jb4oIzeu/s0fZsAUJ50RjkQPT4vNd40AytUY+Fc0WfNBynB9RlMEzUAE09g6QjQWxhtyAB+"
     "oKtlyBakpGDIDo9Wky48sXX6nVTK5D8p/NOAZVQILO9nviB9JCkDGJh8uDHtVDJrQ9WIvct+fnGq1ZOQBqXEvWvXLsZJ"
     "zrfAwLwq+Zg9sNWkoS9uicKMqx0tFGy56PqjA8klw6SrGm23y6CcTES9lpo9rh1F//3PcXkxtfa0zVBwBQSf48h7mYjk"
     "gMoS2WYKZpxP3yRZX3xDqdp2XYAO32Y2S+5zTBvYS61+ZYxB4oEu5QYngR9hB8rGHbG/vbdtCuCMswp3DENk+BE6EvLT"
     "N3JOpdtpPxZqq6i0ryKeFSe85+IrPIbUAbcAcOxxio9pYpI8gRc3TLQwmGcLG33WPRKMjFC4OlKbBcnyG/6fxfx3RyMC"
     "ek3PCnw5B3L4yeVORsqURDri8Hz+rsJBfmSdnyW+x9KbbXhqWTbn9OQAPcO4qAN92mvrxT9ZwLDXPEUjk6WLkNLsCYkd"
     "eNfaY9n1lCU56aRb+HQu44b20D+hpqwqUS7+B9qrf9uqrEd63HIfqlGVSGrwnGTy8zNj1P8dBKVYdHaRTZZQ2IaatnR8"
     "LtqKU/bbAgMBAAGgPjA8BgkqhkiG9w0BCQ4xLzAtMCsGA1UdEQQkMCKCC2V4YW1wbGUuY29tgg0qLmV4YW1wbGUuY29t"
     "hwTAAAIHMA0GCSqGSIb3DQEBDQUAA4ICAQBwpEWWP6F14o00tbHJv0KlEd6uC82Rv9nTcIQ+EFFWNWyqug+0p1KrGe/+"
     "ax2+G1jWxuyQZjRWWy8x++M4BhK9U+ESEofHzOeLU1O5/an1qVeqKRDBdjeoiVIBU2HbgDF2fOXT4bRM9eWdgSyykXQr"
     "gBQOvxMItNnkik7Tkf0vqXtjgTzUhV9hkh9bCFCPXkytg9hTll1nt6yFYH9X/tGceWXnkjGkyvt9UuuRkbxLaaS9yeog"
     "Yl2hUhQMlx2D3BerUxXTe8RJ5+WiNWV2TROBwB2rcDRZKXVUpb95c5488xnh5Om1ig/1vX2p2I5clL/adATceVYJ2nzv"
     "5LazoB9C7TVklLRrJLsxzY8qUBYCL7V36Ah+pSui034r9W/FKSOYZd/f+Dx4qQXJWTn+i9vru1gDynyOul6sJ+3WhHR2"
     "pi3sgcSfpEBxcQ/pYSl54Zp+FuSwqrXIBUoc8qSgh2jWpFBDvxBhUfpk3Vhp0lgQLxOcHWmvj/Jm2+caksVdqXtsFBEv"
     "y72n7aOd0hjcC95tHXnSYO3zq3QJYTfG2OP+LG+bCNOMMrwVCNOzdm03icAMMHdPHcQHRTYoGJeeRM59XEmCxixJkSNO"
     "5k/TuXhGkhT5K5lHWWWpDe4+Ogo8IHLy1+UVIMAOrJdZl41OR+Fsc2GfZYzOnhy7FO5YFC8Wuw=="},
    // openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj / -outform DER
    // -addext subjectAltName=DNS:example.com,DNS:*.example.com,IP:192.0.2.7
    {"p256",
     "MIH5MIGgAgEAMAAwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQqhuSnznM1LCyJGf3aDhct5Ea7tcXtPeKEi51bsMl/"
     "BpbeR6H6f3gQgU7zwnccU17rHw68eenGkK9pIwvqA3DdoD4wPAYJKoZIhvcNAQkOMS8wLTArBgNVHREEJDAiggtleGFt"
     "cGxlLmNvbYINKi5leGFtcGxlLmNvbYcEwAACBzAKBggqhkjOPQQDAgNIADBFAiEAwMzr+UzCX07aLq+9LdZFR7C5I/He"
     "1WCueoGSXxs0qzMCIFqbzhIqheWWmxT/p4exeXkUBbxXO/DGnXonq4OFexJG"},
    // openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -sha512 -subj / -outform
    // DER -addext subjectAltName=DNS:example.com,DNS:*.example.com,IP:192.0.2.7
    {"p256_sha512",
     "MIH5MIGgAgEAMAAwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQDtWDQkhjwR3YPHxmid62QMt4GkoKULrk3rRqbpfvo"
     "PWNIY5Mv97IxWJYigjvbqje7oJZhwYFXoUMj1DbsiImFoD4wPAYJKoZIhvcNAQkOMS8wLTArBgNVHREEJDAiggtleGFt"
     "cGxlLmNvbYINKi5leGFtcGxlLmNvbYcEwAACBzAKBggqhkjOPQQDBANIADBFAiEAvAXyeaH2VFMjjv79me+CRhUtjdKy"
     "/ZEhYEd8s7q7owQCICqzCSzJUuYFH8QTeXn6WW4xwZINCN7ZtpgqoHO7X+KX"},
    // openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes -sha384 -subj / -outform
    // DER -addext subjectAltName=DNS:example.com,DNS:*.example.com,IP:192.0.2.7
    {"p384_sha384",
     "MIIBNjCBvQIBADAAMHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEPAUolvXBb+gGXCmjlu+sickZo4UdyaYevcckS/utfYtF"
     "J0q3k1oGHmMwuncnJJIHMOOVuMmR20zVQYERIYgQ8sdw0PBo33Nywv79YUfibgyBgLI/5n3uo819/o8Iuc3loD4wPAYJ"
     "KoZIhvcNAQkOMS8wLTArBgNVHREEJDAiggtleGFtcGxlLmNvbYINKi5leGFtcGxlLmNvbYcEwAACBzAKBggqhkjOPQQD"
     "AwNoADBlAjEAjYCBep7UvI+CYMMXzYiJ6rBSCu921LTKKFnjm6ZPwC2XbdrKhUxmDmmpDTP0o1hZAjBX02FCVVgbWMMD"
     "cLOkdo5gC4o1VHppxrs4E8dhZTmfGbnBtynU6LUhBJgU6L3/4x0="},
    // openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-521 -nodes -sha512 -subj / -outform
    // DER -addext subjectAltName=DNS:example.com,DNS:*.example.com,IP:192.0.2.7
    {"p521_sha512",
     "MIIBgDCB4wIBADAAMIGbMBAGByqGSM49AgEGBSuBBAAjA4GGAAQAFi+ofKJQ4sgCf4CPmmEs1gsYx0f1wtQdlj0xick4"
     "lNNFR2pzkzVZXSR+6wuS8CpRLpQUd7Ir4j3U6eImgbnB2doAa71AtixFostSkdWTbDyK6uEhSSKo5cFt9xQ/IpNq/FHG"
     "vmd/YFX3CSzMJAg0ywl7krOCWNUNpsEBqu7Wv//BlaegPjA8BgkqhkiG9w0BCQ4xLzAtMCsGA1UdEQQkMCKCC2V4YW1w"
     "bGUuY29tgg0qLmV4YW1wbGUuY29thwTAAAIHMAoGCCqGSM49BAMEA4GLADCBhwJBBYdYpAG6uReN5Vz0DBXvSWQCfQ89"
     "Ibu5fOBnHPuaKl8K2pxxWYQl/p8vy/fULHYNEBw8ZgSV9jWLBcVS2KnvfoACQgD44Vn8TtJs0kQ9NCzs9FU3a4uoTgYv"
     "jC6g5p9CfQN+uYcXdx+u/Ahn7T64BqsxGtIWf7WOTKCxiOO0pwQlA0Bu9Q=="},
    // openssl req -new -newkey ed25519 -nodes -subj / -outform DER -addext
    // subjectAltName=DNS:example.com,DNS:*.example.com,IP:192.0.2.7
    {"ed25519",
     "MIG9MHECAQAwADAqMAUGAytlcAMhAJkrETsq4SdHhYqNr5GNg0Er/7yH+6kPZtCiy0UY4BekoD4wPAYJKoZIhvcNAQkO"
     "MS8wLTArBgNVHREEJDAiggtleGFtcGxlLmNvbYINKi5leGFtcGxlLmNvbYcEwAACBzAFBgMrZXADQQBXzG2Md78fzhUN"
     "HjrzPK4oThzArjpScEA8YNeZH/cZ6AP+TfJnXOaSvC8WneApqXPfxgynfSvGXqmw7clyr+oN"},
    // openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -outform DER -subj
    // /C=DE/O=Example/CN=example.com -addext
    // subjectAltName=DNS:example.com,DNS:*.example.com,IP:192.0.2.7
    {"common_name_beside_the_rest_of_a_subject",
     "MIIBLjCB1QIBADA1MQswCQYDVQQGEwJERTEQMA4GA1UECgwHRXhhbXBsZTEUMBIGA1UEAwwLZXhhbXBsZS5jb20wWTAT"
     "BgcqhkjOPQIBBggqhkjOPQMBBwNCAAR4YoMxLcAc3j6RCk1LTy+NP4MpYV4x0knmk0nSRhBVZgANR8HS6kp0nXKEysNL"
     "DcRfvH10Jj88b7xRQlpCHESUoD4wPAYJKoZIhvcNAQkOMS8wLTArBgNVHREEJDAiggtleGFtcGxlLmNvbYINKi5leGFt"
     "cGxlLmNvbYcEwAACBzAKBggqhkjOPQQDAgNIADBFAiBiXcIe7TyAaIm7khup+p/rRoHR/RNktoej5NUFtoZBQAIhALpZ"
     "daDgNVPeDfAYDu6CGtdeH/Lxc49peYs/9LT2bJMw"},
    // openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj / -outform DER
    // -addext subjectAltName=DNS:example.com,DNS:*.example.com,IP:192.0.2.7 -addext
    // basicConstraints=critical,CA:TRUE -addext extendedKeyUsage=codeSigning -addext
    // tlsfeature=status_request
    {"other_extensions_beside",
     "MIIBMjCB2QIBADAAMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8AMmgcUcWM4Yow9+U96qTXQ2llXiL4DqXhkenxQp"
     "uFbMARy+9TrwmYmu4KinxPN7Uje5Fp+1zuqvz8ZjpYYFaaB3MHUGCSqGSIb3DQEJDjFoMGYwKwYDVR0RBCQwIoILZXhh"
     "bXBsZS5jb22CDSouZXhhbXBsZS5jb22HBMAAAgcwDwYDVR0TAQH/BAUwAwEB/zATBgNVHSUEDDAKBggrBgEFBQcDAzAR"
     "BggrBgEFBQcBGAQFMAMCAQUwCgYIKoZIzj0EAwIDSAAwRQIhAPbZ4DFcHI+gv5JoYf/JbOkfe4TpoxiwPSve7bqDCO41"
     "AiBWzZfXtmYZZvywgKy0NZP8QXVwgcLlaf7rLB3C8DPFMg=="},
};

inline constexpr RefusedRequest kRefusedRequests[] = {
    // openssl req -new -newkey ec -nodes -subj / -outform DER -addext
    // subjectAltName=DNS:example.com,DNS:*.example.com,IP:192.0.2.7 -pkeyopt
    // ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit
    {"explicit_curve_parameters", ca::RejectionKind::bad_public_key,
     "spells out its curve parameters",
     "MIIB7zCCAZQCAQAwADCCAUswggEDBgcqhkjOPQIBMIH3AgEBMCwGByqGSM49AQECIQD/////AAAAAQAAAAAAAAAAAAAA"
     "AP///////////////zBbBCD/////AAAAAQAAAAAAAAAAAAAAAP///////////////AQgWsY12Ko6k+ez671VdpiGvGUd"
     "BrDMU7D2O848PifSYEsDFQDEnTYIhucEk2pmeOETnSa3gZ9+kARBBGsX0fLhLEJH+Lzm5WOkQPJ3A32BLeszoPShOUXY"
     "mMKWT+NC4v4af5uO5+tKfA+eFivOM1drMV7Oy7ZAaDe/UfUCIQD/////AAAAAP//////////vOb6racXnoTzucrC/GMl"
     "UQIBAQNCAAQno8lrdIb6eCA18BLgjYmZzR0M/QfCaBvyn7pKAFf7UjCmpArnpSh247XGWK6r1gKkr/ouR58ooZ9NTaFF"
     "U2g3oD4wPAYJKoZIhvcNAQkOMS8wLTArBgNVHREEJDAiggtleGFtcGxlLmNvbYINKi5leGFtcGxlLmNvbYcEwAACBzAK"
     "BggqhkjOPQQDAgNJADBGAiEAgr+yqCk9HyeZmzYDQUQh17PDo6yvZ0jedyZuO2VJsgYCIQDBsalWYt50NiAFMURoAtLx"
     "/oW6ZrXsltwZPsDff74/Uw=="},
    // openssl req -new -newkey ec -nodes -subj / -outform DER -addext
    // subjectAltName=DNS:example.com,DNS:*.example.com,IP:192.0.2.7 -pkeyopt
    // ec_paramgen_curve:secp224r1
    {"p224", ca::RejectionKind::bad_public_key, "1.3.132.0.33",
     "MIHlMIGVAgEAMAAwTjAQBgcqhkjOPQIBBgUrgQQAIQM6AASYdPy5x36psPILbmaWjY27EWxyV02kwLgjihXqfCBKW3MT"
     "qRvMHRA4xMTKlU2HrlIrhVTEwbefH6A+MDwGCSqGSIb3DQEJDjEvMC0wKwYDVR0RBCQwIoILZXhhbXBsZS5jb22CDSou"
     "ZXhhbXBsZS5jb22HBMAAAgcwCgYIKoZIzj0EAwIDPwAwPAIcCpinxI98Lje4s9tz/niLxy0QRwcgBRalGDQyqwIcM6kx"
     "+9/b+o9hnZ5/joJ89I1stGtCF7VeTNYoZQ=="},
    // openssl req -new -newkey ec -nodes -subj / -outform DER -addext
    // subjectAltName=DNS:example.com,DNS:*.example.com,IP:192.0.2.7 -pkeyopt
    // ec_paramgen_curve:secp256k1
    {"secp256k1", ca::RejectionKind::bad_public_key, "1.3.132.0.10",
     "MIH2MIGdAgEAMAAwVjAQBgcqhkjOPQIBBgUrgQQACgNCAAQZUxzDJsHDbDZSCNWm/i1bI43kVz9kuffAKDQ+2EvZPSp2"
     "0H9V6uBITYuzY2ICbB7an6HQbXaQ93haeYoxNYYNoD4wPAYJKoZIhvcNAQkOMS8wLTArBgNVHREEJDAiggtleGFtcGxl"
     "LmNvbYINKi5leGFtcGxlLmNvbYcEwAACBzAKBggqhkjOPQQDAgNIADBFAiAP9iT3xiYevcEZWoM5E8ElCAAykV5JGEK7"
     "YvAdwXvzKQIhAI66AA/w4qpMz7puYdq2y+sqEJCO3ZT8VOnaL1f2Uy2X"},
    // openssl req -new -newkey ec -nodes -subj / -outform DER -addext
    // subjectAltName=DNS:example.com,DNS:*.example.com,IP:192.0.2.7 -pkeyopt
    // ec_paramgen_curve:brainpoolP256r1
    {"brainpool", ca::RejectionKind::bad_public_key, "1.3.36.3.3.2.8.1.1.7",
     "MIH5MIGhAgEAMAAwWjAUBgcqhkjOPQIBBgkrJAMDAggBAQcDQgAEakFZ6HfOCqXLAm4PcWI5tuhBqktd1Vw3z2kNUVGX"
     "q5CDr+JV9FtSO8eEvuQiIMBFhFSzZnxrty4zHl77Hug9XqA+MDwGCSqGSIb3DQEJDjEvMC0wKwYDVR0RBCQwIoILZXhh"
     "bXBsZS5jb22CDSouZXhhbXBsZS5jb22HBMAAAgcwCgYIKoZIzj0EAwIDRwAwRAIgbOArqma0a8LkuCdtXUkG5DsuNkMg"
     "yxPGkvHNQl6252QCIA1uxQtcCmoBtfEYxQGtxY0jjZ1ftAuIRf5tXxxUPMOP"},
    // openssl req -new -newkey rsa:1024 -nodes -subj / -outform DER -addext
    // subjectAltName=DNS:example.com,DNS:*.example.com,IP:192.0.2.7
    {"rsa_1024", ca::RejectionKind::bad_public_key, "1024 bits",
     "MIIBfTCB5wIBADAAMIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDneG2XTUHFksW686YtbZwb83I55QaMI6ZqwxBi"
     "kyUz8hNATOXEh3YS6FtUIjswf37nxaXueqUDCVGUsWvkfuf70Zb3i0//v2DmmDhZEr35MbmtDO4raNPmbpze7ldJykW3"
     "7q/gmKp1WQDQSPqXilhVq+WaiLLCOtoN25kBwJMiNQIDAQABoD4wPAYJKoZIhvcNAQkOMS8wLTArBgNVHREEJDAiggtl"
     "eGFtcGxlLmNvbYINKi5leGFtcGxlLmNvbYcEwAACBzANBgkqhkiG9w0BAQsFAAOBgQAqhQ1ZBCDnwLX2Np9bGTfzZN3I"
     "aDgFK0pvpCtPgWnwJDO5S1aknFyXdnlDC9mX3iafy+yzRLZEEUFDEi5TJcffjqJIi+OloZ8IabQwB03D6o+2rGZ0eIgo"
     "orZJFsmL2P0ATWXrCZ0zWITBVSPy3K+DEX3lnvk3Zqr2vHlTH+xEJw=="},
    // openssl req -new -newkey rsa:2056 -nodes -subj / -outform DER -addext
    // subjectAltName=DNS:example.com,DNS:*.example.com,IP:192.0.2.7
    {"rsa_2056", ca::RejectionKind::bad_public_key, "2056 bits",
     "MIIChTCCAWwCAQAwADCCASMwDQYJKoZIhvcNAQEBBQADggEQADCCAQsCggECALefnO5Ne3ksBcjqR/oQYBSn3fG5MBai"
     "rKfk0nB+MJhiAD4AOpZPIk2cdxtefjV4m3ie/Y9GW3LOaGRf1HVQZ6EvJL9w3/Yktcs6I/S99QnvnboJXrx+25J+JEM7"
     "hdLjkSUxj7mSZg1a8jJusZS2QSk/j2X2GAWwnaeBbFbQ087RsZCJWhm2OtIXZVEZvlnuhqzL7Zwjov9ELY0r7hfENB6g"
     "ObaJX2wqkrFYr5SS3B3ytDqQd8NFv94vbf5Sp3CniWhjC3mytcmbvT+deIZz0b4YW7iEJOh0/FattV7yZS7ezneJ++tm"
     "qozqHjuQleKNpZayqFysvFUdpqcoyreysbBZAgMBAAGgPjA8BgkqhkiG9w0BCQ4xLzAtMCsGA1UdEQQkMCKCC2V4YW1w"
     "bGUuY29tgg0qLmV4YW1wbGUuY29thwTAAAIHMA0GCSqGSIb3DQEBCwUAA4IBAgC2CAsc8xwYdnlkgkz/9u2tQxzX7nJD"
     "IMvrbogH+m42h4Pfo6jS4SVlVI0/GV8bkHurAOP0qzvn/M3KZN4hY9k2Chwr3iRFtzMfZ7Wb/RjOQQD+r1GtWESIypmG"
     "zCuO5v6ssS8+UPjoKa8QK4DRHceaXWdaEcBztQTuizXEOBCsHG/ypLKtKO90l8Io99tEfFFnz9WpVY315cvIuobQgpbf"
     "Gis6pbQVcs64658jjJ3NRi+j23X8GmsxZAYKQfzPeluyg0QLZvbWXjRRhjy+cvPtNf3JI9IgnvLt/s+q/7j7GVNnFnkv"
     "K11kVT4sRHyVr+e4Xy0PqMf4KtzVJaNu/aiUrg=="},
    // openssl req -new -newkey rsa:2048 -pkeyopt rsa_keygen_pubexp:3 -nodes -subj / -outform DER
    // -addext subjectAltName=DNS:example.com,DNS:*.example.com,IP:192.0.2.7
    {"rsa_exponent_3", ca::RejectionKind::bad_public_key, "exponent is 3;",
     "MIICgTCCAWkCAQAwADCCASAwDQYJKoZIhvcNAQEBBQADggENADCCAQgCggEBAKMlEVFc9WnWuwf5BJSaV0Bqe94T9Nld"
     "JjVkN7TGClMJaQ1iKbWxRk5wR1+xNv4d/szYyTkz1bwJG/5/XiLc+5XMoOa8ZQKK4dSE3+e62ggT4NCvbp5Mxp5viE6g"
     "vRf/Mdgpvz8J6Tp1Gd23gs9UGHckF9YEkdzrZfWgCzmJ3G8d4oYfcA9eJPzvFRZiwOtSukZ4I766UKMvXTaACNv0CvuA"
     "TRrqqd7uRwaUzZJ1ATYlDH6Nwd/cKXBsSt6+S++sDWljxZl7mibgqB3XPFaYpyvb3lv02/8Biwa3hV7LNiSOn8ndeW5b"
     "7Ylo/M6cAU99SBV24BSuKn6EgRAewckRP80CAQOgPjA8BgkqhkiG9w0BCQ4xLzAtMCsGA1UdEQQkMCKCC2V4YW1wbGUu"
     "Y29tgg0qLmV4YW1wbGUuY29thwTAAAIHMA0GCSqGSIb3DQEBCwUAA4IBAQAfpjHZL++pBvlJbf8ptpI7Yn+pteRXOguh"
     "JLi/ISQPBQjWglR2vaAK3dJ8KqUoW9M0Ou8YUO7zKauFNf23wcwXNLot66EkHuuHXK8fhpcVQtVq7ujq8kkbH+RcGcFF"
     "5E3kbzn+WOLoEHFsgPd4A2pZmMbkqJqIuFZJv4r1P4FVuKlOnVDDciV89Qp6whRETd+vdkLQzSuy2vBg4U93HGSMEy+Q"
     "1mvHRwHE/C5uMdzI432VNFMJbMpXeBBS74AISzWgaSeME0nP6SG5QOgv3KcNVVrQaN4YWRlAZxQ1IrfAGfRlsH0fk8Sa"
     "oU0bxQK9KcqidpFs3TgG5TZIXYCUDHDp"},
    // openssl req -new -newkey rsa-pss -nodes -subj / -outform DER -addext
    // subjectAltName=DNS:example.com,DNS:*.example.com,IP:192.0.2.7
    {"rsa_pss_key", ca::RejectionKind::bad_public_key, "1.2.840.113549.1.1.10",
     "MIICtjCCAWkCAQAwADCCASAwCwYJKoZIhvcNAQEKA4IBDwAwggEKAoIBAQCPdxzG5RiFVKrgZvk7BdajON/vWACD1zJA"
     "T5/p61VBXnrs8jnjpT+Vze7rOsY6cEdbgBTx7Y/UROOvyjZtXYGOw6OraRfpXbjZibPWGeEhIrUNiSrw/jTBmR0s3bQE"
     "aDQdFC4ss3HQTsDS8KMZ9YVidZAzTrsuNyKv44cFsPnVpdvGwmMtCJY3nEOL2pBQZuDoh08lV8tblpRXEAvEw2RqYT/5"
     "fk5JHVJWwmJRN4LIPdks6poKklVeXdegzktgR97y2AIRYzuWcw6IwoKgmhwRP+ee7SaAUZXXXE98idn8e77aenwuPt9f"
     "e4wo88bsPYod4+7/5YtceZYWe+3HskRZAgMBAAGgPjA8BgkqhkiG9w0BCQ4xLzAtMCsGA1UdEQQkMCKCC2V4YW1wbGUu"
     "Y29tgg0qLmV4YW1wbGUuY29thwTAAAIHMEIGCSqGSIb3DQEBCjA1oA8wDQYJYIZIAWUDBAIBBQChHDAaBgkqhkiG9w0B"
     "AQgwDQYJYIZIAWUDBAIBBQCiBAICAN4DggEBAAwTsxWknNCr/LybsOpNDKH6dk60IioPVdDzeoBeTQ2ZoT3aoig9Lu4V"
     "hXG2O8KZ8LuNUGegq9BWa+UAAfG0Pod0UvCcfZvoc6cMrOV1KbhEA//Zitfyrh2h7sIzIIvWue0YAxVfLEYQlJGh/N0f"
     "HVdKzQauw0W6UgqIkWSHcUGGE20ZRejZODHolRehGV5tfrz27B03FxpOqWEI/xNoahHq+JL5LQuI+9Kh7WcKQUVS/9/F"
     "1f684ty5+eKEqLDHI7z/g2L9wJ7GQzzBlzT2YW7n9tbZ8s2i4FGwrJ5SmoRImS1f47h2Yhe/Ullgsd4vQX0+33h/XAlg"
     "3qIwBlCGIgc="},
    // openssl req -new -newkey ed448 -nodes -subj / -outform DER -addext
    // subjectAltName=DNS:example.com,DNS:*.example.com,IP:192.0.2.7
    {"ed448", ca::RejectionKind::bad_public_key, "1.3.101.113",
     "MIIBCTCBigIBADAAMEMwBQYDK2VxAzoAKs4g7Nxj7e9dECQEZDrTbhVUwfd9nacLC3bL/Jpj6kvMiZKAwUjiqeyAizMX"
     "WixHl9wQZAE9wm8AoD4wPAYJKoZIhvcNAQkOMS8wLTArBgNVHREEJDAiggtleGFtcGxlLmNvbYINKi5leGFtcGxlLmNv"
     "bYcEwAACBzAFBgMrZXEDcwA9Cx9MNKTT1bhr22FzVA3qE4Rmg42ah7OjlN7suoY4pkhYAyGlCMqUUxXonbXNMjO9lCLi"
     "dlWMeYDno+t9eV+Fd1km3SACnywEfY++5pkA5PSkFZIbS4C/bI5exSL616I02GOdxJvCW3VnAIYeS399GQA="},
    // openssl req -new -newkey rsa:2048 -nodes -sha1 -subj / -outform DER -addext
    // subjectAltName=DNS:example.com,DNS:*.example.com,IP:192.0.2.7
    {"sha1_rsa", ca::RejectionKind::bad_csr, "1.2.840.113549.1.1.5",
     "MIICgzCCAWsCAQAwADCCASIwDQYJKoZIhvcNAQEBBQADggEPADCCAQoCggEBANVz/RRKZyJU3ggSv/VdiObUOKl6Vrl4"
     "jHC47JKJ62nYPLHdj7MIumwB7XXrYbQrag34M9JpeWb6YZBIdm3zlugvuCtmSZ27EtbxwD4ofdUFXoqZzjqSrzLqy+k8"
     "VZ2hwGgLOtEjJzyFLLkuoUZ8zmRu63K2sd27Lw+FFi55TR3raJ7UARNkAlLYBhJBBg1Yi8e7gfX9bx/z52fTvW+Zo3jf"
     "cUp5S8p9aKeeH4+MaAqodvfajEkVHhNdtRQLIP3zuAYABKVN4rIJMXborbqZGVpW8brFb6o722gqamLekpbvN/BZp6Hr"
     "tdzP9RnLEwFL7Q6i7dnibyjV1pJybOP1WycCAwEAAaA+MDwGCSqGSIb3DQEJDjEvMC0wKwYDVR0RBCQwIoILZXhhbXBs"
     "ZS5jb22CDSouZXhhbXBsZS5jb22HBMAAAgcwDQYJKoZIhvcNAQEFBQADggEBAAJv5rh0M/lH6skHTLuIRajGFOim5bxd"
     "rxzIndo0d7yFT/LzSVV6Dt8QO+ibs+TLttvKIgLKLhabc5/XrCetTefc6InAkIsLm27QRysh3BMA2lXYAlEvuqhEutui"
     "yUNFFwqjP6zfsEdYqVjNZ1jT9MPBS+zV5crwJAMliIClCCz1nRrShAXcdNaLt7Pxos+3rWWV17ue7VSmfhXhyxG9uQyd"
     "oipMz1dn9rC3/ltvUQIgC5Ljd3xh/jW4o7vdOyAtu3/WdBwhN5k8EcTUHGRU7RQh8nO6HD/tykWe79/7TXasdNXEmRp/"
     "RFJc0yAqJ1iB1mE2hUr6s29jKIpqS8QW1pg="},
    // openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -sha1 -subj / -outform
    // DER -addext subjectAltName=DNS:example.com,DNS:*.example.com,IP:192.0.2.7
    {"sha1_ecdsa", ca::RejectionKind::bad_csr, "1.2.840.10045.4.1",
     "MIH4MIGgAgEAMAAwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQyktV8shZT8vDX1fWgTYbERMyYrZrs8vWsHbs2i9Pb"
     "uvICK4Ou31GaRhxa889Dd4fSrMOtrcz5mqTQ1Aq5mj7foD4wPAYJKoZIhvcNAQkOMS8wLTArBgNVHREEJDAiggtleGFt"
     "cGxlLmNvbYINKi5leGFtcGxlLmNvbYcEwAACBzAJBgcqhkjOPQQBA0gAMEUCIQDqMDS8IZskkNMBjH1G9BzkS1PHUvhs"
     "FF/cYqzhPTNE4AIgLx8GqoCOZA9588UuUqYEjJ9fq8QAbmIQphK4aEvAPkk="},
    // openssl req -new -newkey rsa:2048 -nodes -sigopt rsa_padding_mode:pss -subj / -outform DER
    // -addext subjectAltName=DNS:example.com,DNS:*.example.com,IP:192.0.2.7
    {"pss_signature", ca::RejectionKind::bad_csr, "1.2.840.113549.1.1.10",
     "MIICuDCCAWsCAQAwADCCASIwDQYJKoZIhvcNAQEBBQADggEPADCCAQoCggEBAMft0vNFQbmfSG023lkedgGNGxD5K+t8"
     "oeCnl+BNkIb16obTjqiRoO8PAq+hQMO5hLJgbBjPpEoe1Z4NvBRcrjJb0GhPtQWVKrGmNA8FFutegLa2qeFLkFyxFljQ"
     "jZGKx0FxixPKmkwKz26TZ2Z4FeATxz40/zNznDvsCZ/jNmARmTQWNx3Wikm92tcOK2xGoGkL9qoHlkO4fT8/GdJGnaFc"
     "0Y1mLJuGqfXQ/t38PHoqj0vXQC9Bro6P4EUMqMTwTILJbJnDl9D2fIkimdYsLKUn+R74MIAkiRA6p47Yh5LUTLPJvKo3"
     "FeRNgZ08tziGSoVgczWnvKBJ2YTkdpMf+UsCAwEAAaA+MDwGCSqGSIb3DQEJDjEvMC0wKwYDVR0RBCQwIoILZXhhbXBs"
     "ZS5jb22CDSouZXhhbXBsZS5jb22HBMAAAgcwQgYJKoZIhvcNAQEKMDWgDzANBglghkgBZQMEAgEFAKEcMBoGCSqGSIb3"
     "DQEBCDANBglghkgBZQMEAgEFAKIEAgIA3gOCAQEAfeK5XWq9wBu3IbYEE8ZdmZnAWvEZvWPcBGzH8STZNlz0bMk2kOns"
     "1r4X6ffGKBH1IlWdsFITu0ZY0aLUj55RrZw+5MY0Ex1+wKzWl2R2Px+IMZt2QvQcktjbxijjXHyeAbtbNqESRIGjft81"
     "1wIgTKwK5N15fRojwsZZLTblQqyinZpbqhdLkFAHSnLiokAiXacCYZMJSoZDWljj7r4eJidJgov2NUdJtPOxVA7DPSVj"
     "WGITFic6TE8ngEJeO5lFvoBM3epeomzXBMw/0INyJmmSHLLuRY5BqPGNRfSs9BXKQ3LEvfaxZClmkSMjm/oW0Erv0B9M"
     "wI+9fKAJbf4MQg=="},
    // openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj / -outform DER
    // -addext subjectAltName=DNS:example.com,email:a@example.com
    {"email_in_alt_name", ca::RejectionKind::bad_csr, "rfc822Name",
     "MIH0MIGaAgEAMAAwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAT6sy/odFFv1tPB/U+RaUqmM2LXKRTr2x8n9MSJdt5I"
     "TLuCGPsV+tJudQIN14iAVw+6SU1xjHOLVs8DVt+qZzfyoDgwNgYJKoZIhvcNAQkOMSkwJzAlBgNVHREEHjAcggtleGFt"
     "cGxlLmNvbYENYUBleGFtcGxlLmNvbTAKBggqhkjOPQQDAgNJADBGAiEAo7DNNNfXVLqVzP/LcGUUiWa/3uZ/Gp+scIMB"
     "NC12oQYCIQD/JR8n8Tvnc9jvpOIELr8rVyFn800ol7Qpxsh5nQ1SJw=="},
    // openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj / -outform DER
    // -addext subjectAltName=DNS:example.com,URI:http://example.com/
    {"uri_in_alt_name", ca::RejectionKind::bad_csr, "URI",
     "MIH5MIGgAgEAMAAwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAREaBDJGiDcH6mDu2WhDQqIvAE6Ur9tjh+PtbkzcyJO"
     "nM8QlKHxGSGfA10IYHBVS7cMIEpDzTh4CJNssbkNhAC2oD4wPAYJKoZIhvcNAQkOMS8wLTArBgNVHREEJDAiggtleGFt"
     "cGxlLmNvbYYTaHR0cDovL2V4YW1wbGUuY29tLzAKBggqhkjOPQQDAgNIADBFAiA9QscNW2k0BQmKET5Nwu28K/aDAlkI"
     "TnpgwSO79tcqsAIhAOgx124nvqd1zwkT+TiyyFTTik1gvjbcP6opCCX5RoUb"},
    // openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj / -outform DER
    // -addext subjectAltName=DNS:example.com,otherName:1.2.3.4;UTF8:x
    {"other_name_in_alt_name", ca::RejectionKind::bad_csr, "otherName",
     "MIHxMIGXAgEAMAAwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATmEwRkOIy5JJrBstBUchDQNBH9D8//KLZN7r3xr2bG"
     "K7P8fOxQvjy2SoAFKI/+gfWST4cKfUiR3/rOwpunYgeboDUwMwYJKoZIhvcNAQkOMSYwJDAiBgNVHREEGzAZggtleGFt"
     "cGxlLmNvbaAKBgMqAwSgAwwBeDAKBggqhkjOPQQDAgNJADBGAiEAwHj3jRxXvcJjSq0u8jhgkk3lhvOgESWhazjCTauI"
     "p0ICIQDX//6OcqcwHkbx/0NFhXOcL09ZGDIeIJUGVFXPmtbTqw=="},
    // openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN='Example
    // Trust' -outform DER -addext subjectAltName=DNS:example.com,DNS:*.example.com,IP:192.0.2.7
    {"common_name_that_is_no_name", ca::RejectionKind::bad_csr, "Example Trust",
     "MIIBETCBuAIBADAYMRYwFAYDVQQDDA1FeGFtcGxlIFRydXN0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAED8+t6blQ"
     "7lGT9/hXxrtM1z4Yhvvib/rTkQ2Q3NKNKew7RyuQQnPre3pPU7sJTk9gQhqOE0bkBBlW0fXC5qWHrKA+MDwGCSqGSIb3"
     "DQEJDjEvMC0wKwYDVR0RBCQwIoILZXhhbXBsZS5jb22CDSouZXhhbXBsZS5jb22HBMAAAgcwCgYIKoZIzj0EAwIDSAAw"
     "RQIhALyJntuWrstlJaaYSJ5dHfvfYn1/kDEnlAoEEqs8UiqNAiBg87TL1xmXVbjn/MFF9BeZq8tFWs3xa6qosn8Ckb5r"
     "BA=="},
    // openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj / -outform DER
    // -addext subjectAltName=DNS:foo_bar.example.com
    {"underscore_in_alt_name", ca::RejectionKind::bad_csr, "foo_bar.example.com",
     "MIHtMIGTAgEAMAAwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQQkPAyWxJGSpd30AKmKUoLtbMEn7AgY7KmXsyfcVw8"
     "JsI0CzZp9eTTL5TytQ5/NOwxSFS5iAWLLOofIBIeP0PpoDEwLwYJKoZIhvcNAQkOMSIwIDAeBgNVHREEFzAVghNmb29f"
     "YmFyLmV4YW1wbGUuY29tMAoGCCqGSM49BAMCA0kAMEYCIQCk17/fA1qvMseWyfinz+knn6cVD0aMNxveit2e8FljBAIh"
     "ANx5jRZKLMBwrstBVH/ap8UnOLe+OmeSQY3JTwqxq5Ep"},
    // openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj / -outform DER
    {"no_names", ca::RejectionKind::bad_csr, "no name",
     "MIG7MGICAQAwADBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABCJNN9GbiNN8Oxw+0yNcUuAGkM5YlddCSnXyTIiEF7CY"
     "nkdrDe3tb1RFzonVPq0VEtljVqVsUxlU2eN8qq9JeHagADAKBggqhkjOPQQDAgNJADBGAiEAwLWPEAhKZysBzPC309AR"
     "4ShTFAAGaIuHlaqs6hCfSuQCIQDgdsOgae0ko3C9sHV3exnmm/L/4H0QkzSXMxREMA8OVQ=="},
    // openssl ecparam -genkey -name prime256v1 -noout -out k.pem;
    // openssl ec -in k.pem -conv_form compressed -out c.pem; openssl req -new -key c.pem
    // -subj / -outform DER -addext subjectAltName=DNS:example.com,DNS:*.example.com,IP:192.0.2.7
    {"compressed_point", ca::RejectionKind::bad_public_key, "uncompressed form",
     "MIHYMIGAAgEAMAAwOTATBgcqhkjOPQIBBggqhkjOPQMBBwMiAAMvbNP/qsmJjWQ+cFgvZpUIBpXLoDbbTVL8onGd"
     "BI4DeaA+MDwGCSqGSIb3DQEJDjEvMC0wKwYDVR0RBCQwIoILZXhhbXBsZS5jb22CDSouZXhhbXBsZS5jb22HBMAA"
     "AgcwCgYIKoZIzj0EAwIDRwAwRAIgGhnbaoAmSeOCoajkOFiR5aABjV5Sc1zbP95zgphnJRgCIE0SM75l0sSfEiLs"
     "j745CT3RPnOC5QxFUvhBhDO6LoX/"},
};

}  // namespace tests
