#!/usr/bin/ruby
# Drives Debian's ruby-acme-client; library_steps.sh says with what arguments.
require 'acme-client'
require 'openssl'

def client_for(key_file)
  key = OpenSSL::PKey.read(File.read(key_file))
  Acme::Client.new(private_key: key, directory: ENV.fetch('ACME_DIRECTORY'))
end

# Gives up after half a minute.
def wait_for(resource)
  60.times do
    return if %w[ready valid].include?(resource.status)
    raise "it became invalid: #{resource.to_h}" if resource.status == 'invalid'

    sleep 0.5
    resource.reload
  end
  raise "it stays #{resource.status}: #{resource.url}"
end

def provide(authorization, challenge)
  if challenge.is_a?(Acme::Client::Resources::Challenges::HTTP01)
    File.write(File.join(ENV.fetch('challenges'), challenge.token), challenge.file_content)
  else
    host = "#{challenge.record_name}.#{authorization.domain}."
    system(ENV.fetch('dns_hook'), 'present', host, challenge.record_content, exception: true)
  end
end

def issue(key_file, kind, prefix, names)
  client = client_for(key_file)
  order = client.new_order(identifiers: names)
  order.authorizations.each do |authorization|
    challenge = kind == 'http-01' ? authorization.http : authorization.dns
    provide(authorization, challenge)
    challenge.request_validation
    wait_for(challenge)
  end
  order.reload
  key = OpenSSL::PKey.read(File.read("#{prefix}.key"))
  order.finalize(csr: Acme::Client::CertificateRequest.new(private_key: key, names: names))
  wait_for(order)
  File.write("#{prefix}.pem", order.certificate)
end

command, key_file, *rest = ARGV
begin
  case command
  when 'register'
    client_for(key_file).new_account(contact: rest[0], terms_of_service_agreed: true)
  when 'contact'
    account = client_for(key_file).account_update(contact: rest[0])
    abort "the contact is #{account.contact}" unless account.contact == [rest[0]]
  when 'issue'
    issue(key_file, rest[0], rest[1], rest[2..])
  when 'rollover'
    client = client_for(key_file)
    client.kid
    client.account_key_change(new_private_key: OpenSSL::PKey.read(File.read(rest[0])))
  when 'revoke'
    client_for(key_file).revoke(certificate: File.read(rest[0]), reason: Integer(rest[1])) || abort('it was not revoked')
  when 'deactivate'
    client_for(key_file).account_deactivate
  else
    abort "no command #{command}"
  end
rescue Acme::Client::Error, RuntimeError => e
  abort "#{e.class}: #{e.message}"
end
