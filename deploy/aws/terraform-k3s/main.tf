# One EC2 machine with k3s. Never applied to a real account: read the plan first.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.60"
    }
  }
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_subnet" "machine" {
  id = var.subnet_id
}

# Whoever manages the account may manage the key; the machine may use it for its own volumes and its one secret.
data "aws_iam_policy_document" "key" {
  #checkov:skip=CKV_AWS_109:In the policy of a key, "*" is that key alone
  #checkov:skip=CKV_AWS_111:In the policy of a key, "*" is that key alone
  #checkov:skip=CKV_AWS_356:In the policy of a key, "*" is that key alone
  statement {
    sid       = "Account"
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root"]
    }
  }
}

resource "aws_kms_key" "leviathan" {
  description             = "Volumes and secrets of Leviathan"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.key.json
  tags                    = var.tags
}

resource "aws_secretsmanager_secret" "leviathan" {
  #checkov:skip=CKV2_AWS_57:Tokens of forges and models are made by people
  name                    = "leviathan"
  description             = "github-token, control-plane-token and anthropic-api-key as one JSON object"
  kms_key_id              = aws_kms_key.leviathan.arn
  recovery_window_in_days = 30
  tags                    = var.tags
}

resource "aws_security_group" "leviathan" {
  name        = "leviathan"
  description = "Control plane for operators, forges and packages for the machine"
  vpc_id      = var.vpc_id
  tags        = var.tags
}

resource "aws_vpc_security_group_ingress_rule" "console" {
  for_each          = toset(var.operator_cidrs)
  security_group_id = aws_security_group.leviathan.id
  description       = "Console and API over TLS"
  cidr_ipv4         = each.value
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  tags              = var.tags
}

resource "aws_vpc_security_group_egress_rule" "https" {
  security_group_id = aws_security_group.leviathan.id
  description       = "Forges, models, registries and packages"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  tags              = var.tags
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

# It may read its one secret, and nothing else of the account.
data "aws_iam_policy_document" "machine" {
  statement {
    actions   = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
    resources = [aws_secretsmanager_secret.leviathan.arn]
  }
  statement {
    actions   = ["kms:Decrypt"]
    resources = [aws_kms_key.leviathan.arn]
  }
}

resource "aws_iam_role" "machine" {
  name_prefix        = "leviathan-"
  assume_role_policy = data.aws_iam_policy_document.assume.json
  tags               = var.tags
}

resource "aws_iam_role_policy" "machine" {
  name   = "leviathan"
  role   = aws_iam_role.machine.id
  policy = data.aws_iam_policy_document.machine.json
}

resource "aws_iam_role_policy_attachment" "session" {
  role       = aws_iam_role.machine.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/AmazonSSMManagedInstanceCore"
}

resource "aws_iam_instance_profile" "machine" {
  name_prefix = "leviathan-"
  role        = aws_iam_role.machine.name
  tags        = var.tags
}

resource "aws_instance" "leviathan" {
  ami                         = var.ami
  instance_type               = var.instance_type
  subnet_id                   = var.subnet_id
  vpc_security_group_ids      = [aws_security_group.leviathan.id]
  iam_instance_profile        = aws_iam_instance_profile.machine.name
  associate_public_ip_address = false
  ebs_optimized               = true
  monitoring                  = true
  disable_api_termination     = true

  # One hop: pods do not reach the credentials of the machine.
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  root_block_device {
    encrypted   = true
    kms_key_id  = aws_kms_key.leviathan.arn
    volume_type = "gp3"
    volume_size = 60
  }

  # k3s comes from the image: a script from the network at the first start would be one more thing to trust.
  user_data = templatefile("${path.module}/start.sh", { device = "/dev/sdf" })
  tags      = merge(var.tags, { Name = "leviathan" })
}

resource "aws_ebs_volume" "home" {
  availability_zone = data.aws_subnet.machine.availability_zone
  size              = var.home_gigabytes
  type              = "gp3"
  encrypted         = true
  kms_key_id        = aws_kms_key.leviathan.arn
  tags              = merge(var.tags, { Name = "leviathan-home", Snapshot = "leviathan" })

  # The journal outlives the machine.
  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_volume_attachment" "home" {
  device_name = "/dev/sdf"
  volume_id   = aws_ebs_volume.home.id
  instance_id = aws_instance.leviathan.id
}
