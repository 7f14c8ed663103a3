// Validates chains with the PKIX algorithm of Java (RFC 5280 §6): ROOT ISSUING SECONDS LEAF...
import java.io.FileInputStream;
import java.io.InputStream;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.Date;
import java.util.List;
import java.util.Set;

public class ChainCheck {
  static X509Certificate read(String file) throws Exception {
    try (InputStream in = new FileInputStream(file)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  public static void main(String[] files) throws Exception {
    X509Certificate issuing = read(files[1]);
    PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(read(files[0]), null)));
    parameters.setRevocationEnabled(false);
    parameters.setDate(new Date(Long.parseLong(files[2]) * 1000));
    for (int i = 3; i < files.length; ++i) {
      X509Certificate leaf = read(files[i]);
      CertPathValidator.getInstance("PKIX").validate(
          CertificateFactory.getInstance("X.509").generateCertPath(List.of(leaf, issuing)), parameters);
      if (!leaf.getExtendedKeyUsage().equals(List.of("1.3.6.1.5.5.7.3.1"))) {
        throw new Exception(files[i] + " is for something else than servers");
      }
    }
  }
}
