output "instance_id" {
  description = "For 'aws ssm start-session --target'."
  value       = aws_instance.leviathan.id
}

output "secret_arn" {
  description = "Where the tokens go."
  value       = aws_secretsmanager_secret.leviathan.arn
}
