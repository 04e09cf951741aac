data "aws_iam_policy_document" "assume_snapshots" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["dlm.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "snapshots" {
  name_prefix        = "leviathan-snapshots-"
  assume_role_policy = data.aws_iam_policy_document.assume_snapshots.json
  tags               = var.tags
}

resource "aws_iam_role_policy_attachment" "snapshots" {
  role       = aws_iam_role.snapshots.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/service-role/AWSDataLifecycleManagerServiceRole"
}

resource "aws_dlm_lifecycle_policy" "home" {
  description        = "Snapshots of the home with the journal"
  execution_role_arn = aws_iam_role.snapshots.arn
  state              = "ENABLED"
  tags               = var.tags

  policy_details {
    resource_types = ["VOLUME"]
    target_tags    = { Snapshot = "leviathan" }

    schedule {
      name      = "daily"
      copy_tags = true

      create_rule {
        interval      = 24
        interval_unit = "HOURS"
        times         = ["03:30"]
      }

      retain_rule {
        count = 14
      }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "status" {
  alarm_name          = "leviathan-status"
  alarm_description   = "The machine or its host fails its checks: docs/operations.md"
  namespace           = "AWS/EC2"
  metric_name         = "StatusCheckFailed"
  dimensions          = { InstanceId = aws_instance.leviathan.id }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 5
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "breaching"
  alarm_actions       = var.alarm_topics
  tags                = var.tags
}

resource "aws_cloudwatch_metric_alarm" "processor" {
  alarm_name          = "leviathan-processor"
  alarm_description   = "Every attempt is slow: fewer at once, or a larger machine"
  namespace           = "AWS/EC2"
  metric_name         = "CPUUtilization"
  dimensions          = { InstanceId = aws_instance.leviathan.id }
  statistic           = "Average"
  period              = 300
  evaluation_periods  = 6
  comparison_operator = "GreaterThanThreshold"
  threshold           = 90
  alarm_actions       = var.alarm_topics
  tags                = var.tags
}
