# No state has the secret: only the owner of the private key opens it, as with
# `terraform output -raw sealed_api_key | step crypto jwe decrypt --key private.pem`.
resource "ory_api_key" "sealed" {
  name     = "Reports"
  actor_id = "reports"
  ttl      = "1y"

  seal_to = <<-PEM
    -----BEGIN PUBLIC KEY-----
    MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAyYAdLbONEsRjQQxTEu68
    cFGVUcfvNt16ttv8T3CZoovUYlQttVx/JjPqpxZhY5q/4wZe/drb34iuF7js3T2J
    uSiC+YSht8pbOZqN1XrEQgnpnF9eOqijeJdOHS8wrR5ymNQelWsmE33W/LvtO8mv
    uvsUeOD+BfI8DvP5CuLIKSQg+hQR1u+HceyGkbmVrDQkmHjt6aYiqkaGoT0WvkNg
    IHhd49XmCfa754bX2P5Pgk7nlIuflTyjHaAnFjyG33WAFjlngFnYiw1Yokm6Ghz0
    hVM2D9/l9k8WR1J7Fq5J7x92zZmnCvKutMp5Hsr5uXl+px/m6Vykm/gUrOXczaWI
    tQIDAQAB
    -----END PUBLIC KEY-----
  PEM

  lifecycle {
    create_before_destroy = true
  }
}

output "sealed_api_key" {
  value = ory_api_key.sealed.sealed_secret
}
